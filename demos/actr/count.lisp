;;; Counting from one number to another, by facts about what follows what.

(clear-all)

(define-model count

  (sgp :esc t :lf .05)

  (chunk-type successor number next)
  (chunk-type counting from to at)

  (add-dm
    (s0 isa successor number 0 next 1)
    (s1 isa successor number 1 next 2)
    (s2 isa successor number 2 next 3)
    (s3 isa successor number 3 next 4)
    (s4 isa successor number 4 next 5)
    (s5 isa successor number 5 next 6)
    (s6 isa successor number 6 next 7)
    (s7 isa successor number 7 next 8)
    (s8 isa successor number 8 next 9)
    (s9 isa successor number 9 next 10)
    (problem isa counting from 2 to 4))

  (goal-focus problem)

  (p start
     =goal>
        isa counting
        from =n
        at nil
    ==>
     =goal>
        at =n
     +retrieval>
        isa successor
        number =n)

  (p increment
     =goal>
        isa counting
        at =n
      - to =n
     =retrieval>
        isa successor
        number =n
        next =m
    ==>
     =goal>
        at =m
     +retrieval>
        isa successor
        number =m
     !output! (=n))

  (p stop
     =goal>
        isa counting
        at =n
        to =n
    ==>
     -goal>
     !output! (=n)))

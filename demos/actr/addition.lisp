;;; Adding by counting on: as often as the second number says, go on from the first.

(clear-all)

(define-model addition

  (sgp :esc t :lf .05)

  (chunk-type successor number next)
  (chunk-type adding first second sum count)

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
    (s10 isa successor number 10 next 11)
    (problem isa adding first 5 second 2))

  (goal-focus problem)

  (p terminate
     =goal>
        isa adding
        count =n
        second =n
        sum =answer
    ==>
     -goal>
     !output! (=answer))

  (p initialize
     =goal>
        isa adding
        first =n
        second =m
        sum nil
    ==>
     =goal>
        sum =n
        count 0
     +retrieval>
        isa successor
        number =n)

  (p increment-sum
     =goal>
        isa adding
        sum =n
        count =c
      - second =c
     =retrieval>
        isa successor
        number =n
        next =m
    ==>
     =goal>
        sum =m
     +retrieval>
        isa successor
        number =c)

  (p increment-count
     =goal>
        isa adding
        sum =n
        count =c
     =retrieval>
        isa successor
        number =c
        next =m
    ==>
     =goal>
        count =m
     +retrieval>
        isa successor
        number =n))

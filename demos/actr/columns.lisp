;;; Adding two numbers of two digits in columns: the ones, then the tens, with what is carried.

(clear-all)

(define-model columns

  (sgp :esc t :lf .05)

  (chunk-type sum first second digit carry)
  (chunk-type successor number plus-one over)
  (chunk-type columns ten1 one1 ten2 one2 step one ten hundred over)

  (add-dm
    (sum-0-0 isa sum first 0 second 0 digit 0 carry 0)
    (sum-0-1 isa sum first 0 second 1 digit 1 carry 0)
    (sum-0-2 isa sum first 0 second 2 digit 2 carry 0)
    (sum-0-3 isa sum first 0 second 3 digit 3 carry 0)
    (sum-0-4 isa sum first 0 second 4 digit 4 carry 0)
    (sum-0-5 isa sum first 0 second 5 digit 5 carry 0)
    (sum-0-6 isa sum first 0 second 6 digit 6 carry 0)
    (sum-0-7 isa sum first 0 second 7 digit 7 carry 0)
    (sum-0-8 isa sum first 0 second 8 digit 8 carry 0)
    (sum-0-9 isa sum first 0 second 9 digit 9 carry 0)
    (sum-1-0 isa sum first 1 second 0 digit 1 carry 0)
    (sum-1-1 isa sum first 1 second 1 digit 2 carry 0)
    (sum-1-2 isa sum first 1 second 2 digit 3 carry 0)
    (sum-1-3 isa sum first 1 second 3 digit 4 carry 0)
    (sum-1-4 isa sum first 1 second 4 digit 5 carry 0)
    (sum-1-5 isa sum first 1 second 5 digit 6 carry 0)
    (sum-1-6 isa sum first 1 second 6 digit 7 carry 0)
    (sum-1-7 isa sum first 1 second 7 digit 8 carry 0)
    (sum-1-8 isa sum first 1 second 8 digit 9 carry 0)
    (sum-1-9 isa sum first 1 second 9 digit 0 carry 1)
    (sum-2-0 isa sum first 2 second 0 digit 2 carry 0)
    (sum-2-1 isa sum first 2 second 1 digit 3 carry 0)
    (sum-2-2 isa sum first 2 second 2 digit 4 carry 0)
    (sum-2-3 isa sum first 2 second 3 digit 5 carry 0)
    (sum-2-4 isa sum first 2 second 4 digit 6 carry 0)
    (sum-2-5 isa sum first 2 second 5 digit 7 carry 0)
    (sum-2-6 isa sum first 2 second 6 digit 8 carry 0)
    (sum-2-7 isa sum first 2 second 7 digit 9 carry 0)
    (sum-2-8 isa sum first 2 second 8 digit 0 carry 1)
    (sum-2-9 isa sum first 2 second 9 digit 1 carry 1)
    (sum-3-0 isa sum first 3 second 0 digit 3 carry 0)
    (sum-3-1 isa sum first 3 second 1 digit 4 carry 0)
    (sum-3-2 isa sum first 3 second 2 digit 5 carry 0)
    (sum-3-3 isa sum first 3 second 3 digit 6 carry 0)
    (sum-3-4 isa sum first 3 second 4 digit 7 carry 0)
    (sum-3-5 isa sum first 3 second 5 digit 8 carry 0)
    (sum-3-6 isa sum first 3 second 6 digit 9 carry 0)
    (sum-3-7 isa sum first 3 second 7 digit 0 carry 1)
    (sum-3-8 isa sum first 3 second 8 digit 1 carry 1)
    (sum-3-9 isa sum first 3 second 9 digit 2 carry 1)
    (sum-4-0 isa sum first 4 second 0 digit 4 carry 0)
    (sum-4-1 isa sum first 4 second 1 digit 5 carry 0)
    (sum-4-2 isa sum first 4 second 2 digit 6 carry 0)
    (sum-4-3 isa sum first 4 second 3 digit 7 carry 0)
    (sum-4-4 isa sum first 4 second 4 digit 8 carry 0)
    (sum-4-5 isa sum first 4 second 5 digit 9 carry 0)
    (sum-4-6 isa sum first 4 second 6 digit 0 carry 1)
    (sum-4-7 isa sum first 4 second 7 digit 1 carry 1)
    (sum-4-8 isa sum first 4 second 8 digit 2 carry 1)
    (sum-4-9 isa sum first 4 second 9 digit 3 carry 1)
    (sum-5-0 isa sum first 5 second 0 digit 5 carry 0)
    (sum-5-1 isa sum first 5 second 1 digit 6 carry 0)
    (sum-5-2 isa sum first 5 second 2 digit 7 carry 0)
    (sum-5-3 isa sum first 5 second 3 digit 8 carry 0)
    (sum-5-4 isa sum first 5 second 4 digit 9 carry 0)
    (sum-5-5 isa sum first 5 second 5 digit 0 carry 1)
    (sum-5-6 isa sum first 5 second 6 digit 1 carry 1)
    (sum-5-7 isa sum first 5 second 7 digit 2 carry 1)
    (sum-5-8 isa sum first 5 second 8 digit 3 carry 1)
    (sum-5-9 isa sum first 5 second 9 digit 4 carry 1)
    (sum-6-0 isa sum first 6 second 0 digit 6 carry 0)
    (sum-6-1 isa sum first 6 second 1 digit 7 carry 0)
    (sum-6-2 isa sum first 6 second 2 digit 8 carry 0)
    (sum-6-3 isa sum first 6 second 3 digit 9 carry 0)
    (sum-6-4 isa sum first 6 second 4 digit 0 carry 1)
    (sum-6-5 isa sum first 6 second 5 digit 1 carry 1)
    (sum-6-6 isa sum first 6 second 6 digit 2 carry 1)
    (sum-6-7 isa sum first 6 second 7 digit 3 carry 1)
    (sum-6-8 isa sum first 6 second 8 digit 4 carry 1)
    (sum-6-9 isa sum first 6 second 9 digit 5 carry 1)
    (sum-7-0 isa sum first 7 second 0 digit 7 carry 0)
    (sum-7-1 isa sum first 7 second 1 digit 8 carry 0)
    (sum-7-2 isa sum first 7 second 2 digit 9 carry 0)
    (sum-7-3 isa sum first 7 second 3 digit 0 carry 1)
    (sum-7-4 isa sum first 7 second 4 digit 1 carry 1)
    (sum-7-5 isa sum first 7 second 5 digit 2 carry 1)
    (sum-7-6 isa sum first 7 second 6 digit 3 carry 1)
    (sum-7-7 isa sum first 7 second 7 digit 4 carry 1)
    (sum-7-8 isa sum first 7 second 8 digit 5 carry 1)
    (sum-7-9 isa sum first 7 second 9 digit 6 carry 1)
    (sum-8-0 isa sum first 8 second 0 digit 8 carry 0)
    (sum-8-1 isa sum first 8 second 1 digit 9 carry 0)
    (sum-8-2 isa sum first 8 second 2 digit 0 carry 1)
    (sum-8-3 isa sum first 8 second 3 digit 1 carry 1)
    (sum-8-4 isa sum first 8 second 4 digit 2 carry 1)
    (sum-8-5 isa sum first 8 second 5 digit 3 carry 1)
    (sum-8-6 isa sum first 8 second 6 digit 4 carry 1)
    (sum-8-7 isa sum first 8 second 7 digit 5 carry 1)
    (sum-8-8 isa sum first 8 second 8 digit 6 carry 1)
    (sum-8-9 isa sum first 8 second 9 digit 7 carry 1)
    (sum-9-0 isa sum first 9 second 0 digit 9 carry 0)
    (sum-9-1 isa sum first 9 second 1 digit 0 carry 1)
    (sum-9-2 isa sum first 9 second 2 digit 1 carry 1)
    (sum-9-3 isa sum first 9 second 3 digit 2 carry 1)
    (sum-9-4 isa sum first 9 second 4 digit 3 carry 1)
    (sum-9-5 isa sum first 9 second 5 digit 4 carry 1)
    (sum-9-6 isa sum first 9 second 6 digit 5 carry 1)
    (sum-9-7 isa sum first 9 second 7 digit 6 carry 1)
    (sum-9-8 isa sum first 9 second 8 digit 7 carry 1)
    (sum-9-9 isa sum first 9 second 9 digit 8 carry 1)
    (next-0 isa successor number 0 plus-one 1 over 0)
    (next-1 isa successor number 1 plus-one 2 over 0)
    (next-2 isa successor number 2 plus-one 3 over 0)
    (next-3 isa successor number 3 plus-one 4 over 0)
    (next-4 isa successor number 4 plus-one 5 over 0)
    (next-5 isa successor number 5 plus-one 6 over 0)
    (next-6 isa successor number 6 plus-one 7 over 0)
    (next-7 isa successor number 7 plus-one 8 over 0)
    (next-8 isa successor number 8 plus-one 9 over 0)
    (next-9 isa successor number 9 plus-one 0 over 1)
    (problem isa columns ten1 3 one1 6 ten2 4 one2 7))

  (goal-focus problem)

  (p ask-ones
     =goal>
        isa columns
        one1 =a
        one2 =b
        step nil
    ==>
     =goal>
        step ones
     +retrieval>
        isa sum
        first =a
        second =b)

  (p take-ones
     =goal>
        isa columns
        step ones
        ten1 =a
        ten2 =b
     =retrieval>
        isa sum
        digit =d
        carry =c
    ==>
     =goal>
        step tens
        one =d
        over =c
     +retrieval>
        isa sum
        first =a
        second =b)

  (p take-tens
     =goal>
        isa columns
        step tens
        over 0
     =retrieval>
        isa sum
        digit =d
        carry =c
    ==>
     =goal>
        step done
        ten =d
        hundred =c)

  (p carry
     =goal>
        isa columns
        step tens
        over 1
     =retrieval>
        isa sum
        digit =d
        carry =c
    ==>
     =goal>
        step carried
        hundred =c
     +retrieval>
        isa successor
        number =d)

  (p carried
     =goal>
        isa columns
        step carried
     =retrieval>
        isa successor
        plus-one =d
        over 0
    ==>
     =goal>
        step done
        ten =d)

  (p carried-over
     =goal>
        isa columns
        step carried
     =retrieval>
        isa successor
        plus-one =d
        over 1
    ==>
     =goal>
        step done
        ten =d
        hundred 1)

  (p say
     =goal>
        isa columns
        step done
        hundred =h
        ten =t
        one =o
    ==>
     =goal>
        step said
     !output! (=h =t =o)))

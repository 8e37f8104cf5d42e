;;; Is a canary an animal? By facts of what is what, from one category to the next.

(clear-all)

(define-model semantic

  (sgp :esc t :lf .05)

  (chunk-type kind member of)
  (chunk-type question thing category at answer)

  (add-dm
    (k1 isa kind member canary of bird)
    (k2 isa kind member ostrich of bird)
    (k3 isa kind member shark of fish)
    (k4 isa kind member salmon of fish)
    (k5 isa kind member bird of animal)
    (k6 isa kind member fish of animal)
    (k7 isa kind member animal of thing)
    (yes) (no)
    (asked isa question thing canary category animal))

  (goal-focus asked)

  (p ask
     =goal>
        isa question
        thing =x
        at nil
        answer nil
    ==>
     =goal>
        at =x
     +retrieval>
        isa kind
        member =x)

  (p found
     =goal>
        isa question
        category =c
        answer nil
     =retrieval>
        isa kind
        of =c
    ==>
     =goal>
        answer yes
     !output! (yes))

  (p climb
     =goal>
        isa question
        category =c
        answer nil
     =retrieval>
        isa kind
        of =next
      - of =c
    ==>
     =goal>
        at =next
     +retrieval>
        isa kind
        member =next)

  (p give-up
     =goal>
        isa question
        answer nil
     ?retrieval>
        buffer failure
    ==>
     =goal>
        answer no
     !output! (no)))

;;; Recognizing facts about who is where (the fan experiment of Anderson 1974): the more is known about a person or a
;;; place, the longer it takes to find what is known about the two together.
;;;
;;; The probe is put into the goal. One fact is asked for by the person or by the place, as the slot "by" says, while
;;; both are sources of activation; what comes back is compared with the probe.

(clear-all)

(define-model fan

  (sgp :esc t :lf .63 :mas 1.6 :ga 1 :imaginal-activation 0)

  (chunk-type fact person place)
  (chunk-type probe person place by answer)

  (add-dm
    (fact-1 isa fact person baker place harbour)
    (fact-2 isa fact person baker place museum)
    (fact-3 isa fact person baker place garden)
    (fact-4 isa fact person nurse place harbour)
    (fact-5 isa fact person nurse place station)
    (fact-6 isa fact person sailor place harbour)
    (fact-7 isa fact person painter place museum)
    (fact-8 isa fact person judge place station)
    (fact-9 isa fact person judge place theatre)
    (fact-10 isa fact person farmer place mill)
    (fact-11 isa fact person clerk place library)
    (fact-12 isa fact person clerk place tower)
    (fact-13 isa fact person clerk place chapel))

  (define-chunks (trial isa probe person farmer place mill by person))

  (goal-focus trial)

  (p ask-by-person
     =goal> isa probe person =person by person
   ==>
     =goal> by nil
     +retrieval> isa fact person =person)

  (p ask-by-place
     =goal> isa probe place =place by place
   ==>
     =goal> by nil
     +retrieval> isa fact place =place)

  (p say-yes
     =goal> isa probe person =person place =place
     =retrieval> isa fact person =person place =place
   ==>
     =goal> answer yes
     !output! (yes)
     !stop!)

  (p say-no-for-the-place
     =goal> isa probe person =person place =place
     =retrieval> isa fact person =person - place =place
   ==>
     =goal> answer no
     !output! (no)
     !stop!)

  (p say-no-for-the-person
     =goal> isa probe person =person place =place
     =retrieval> isa fact place =place - person =person
   ==>
     =goal> answer no
     !output! (no)
     !stop!))

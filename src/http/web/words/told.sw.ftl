# Sababu: za yaliyofanyika kwa miadi, za mipango, za yanayokataliwa. Kiswahili.

told-booked = miadi imewekwa
told-rescheduled = imehamishiwa wakati mwingine
told-confirmed = imethibitishwa
told-hold-over = haikuthibitishwa kwa wakati
told-cutoff = mpango wa siku umekuwa wa mwisho
told-cutoff-free = mpango wa siku umekuwa wa mwisho: amepewa aliyekuwa huru na mwenye kazi chache zaidi
told-anew = imepangwa upya
told-after-all = nafasi imepatikana
told-nobody-free = hakuna anayeweza kuihudumia aliye huru
told-absence-undone = kutokuwepo kulitenduliwa
told-taken-back = imerudishwa kwa mkono
told-by-hand = kwa mkono
told-by-staff = imeamuliwa na wafanyakazi
told-day-over = siku imekwisha
told-stands-alone = ilithibitishwa kwa mkono ingawa hakuna anayeihudumia
told-begun-or-gone = imekwisha au imefutwa, au imehamishiwa siku nyingine
told-changed-since = ilibadilishwa baadaye
told-begun = imeanza
told-not-any-more = { $name } hawezi tena kuihudumia wakati huo
told-and = na
told-room = imepisha “{ $booking }”
told-moved-so = imehamishwa kwa mkono, ili { $name } aweze kuhudumia “{ $booking }”
told-given = amepewa { $name } kwa mkono
told-taken = ameondolewa { $name } kwa mkono
told-rule = kinyume cha kanuni ({ $rules })
told-no-contact = { $name } hana mawasiliano yaliyoandikwa, na lazima aambiwe na mtu
told-begun-with = imeanza na { $name }
told-chosen = mteja wake alimchagua { $name }
told-named = mteja wake aliambiwa { $name }
told-real-stranger = { $what } hayupo kwenye orodha ya siku hiyo.
told-real-drawn = Kuna miadi ya ingekuwaje ambayo haijawekwa kweli: ilibuniwa nayo.
told-real-left-out = “{ $what }” imewekwa kweli; ingekuwaje ilikuwa imeiondoa.
told-real-told = “{ $what }”: mteja wake aliambiwa { $name }.
told-real-chose = “{ $what }”: mteja wake alimchagua { $name }, au imeanza.
told-real-promised = “{ $what }” iliahidiwa { $name } na ingebaki bila mhudumu. Kama hayupo, andika hilo kwanza.
told-run-unserved = { $n ->
    [one] Miadi moja haikuwa na mhudumu
   *[other] Miadi { $n } hazikuwa na mhudumu
}
told-run-wrong = { $n ->
    [one] Miadi moja ilikuwa na mtu asiyeweza kuihudumia
   *[other] Miadi { $n } zilikuwa na watu wasioweza kuzihudumia
}
told-run-same = Siku iko vizuri sawa na mpango bora uliopatikana.
told-run-enough = { $tier }: { $before } kabla, { $after } kwa mpango huu, yaani bora kwa asilimia { $gain }. Inafaa kuanzia asilimia { $threshold }.
told-run-little = { $tier }: { $before } kabla, { $after } kwa mpango huu. Inafaa tu kuanzia asilimia { $threshold }.
told-run-looked = { $who } aliuangalia kwanza.
told-run-promoted = Umetokana na swali la ingekuwaje: { $why }.
told-run-stands = Siku tayari iko hivyo.
told-run-raised = Walioahidiwa mtu wanatangulia wengine wote, ili asiachwe yeyote wao kwa ajili ya wengine.
told-run-shadow = sambamba na mpango halisi

problem-not-found-means = Huenda kimeondolewa, au kiko mahali pengine. Endelea kutoka kwenye siku.
problem-slot-full-means = Wakati huo umechukuliwa: chagua mwingine.
problem-version-conflict-means = Si kama ukurasa ulivyoonyesha tena, na hakuna kilichobadilishwa. Angalia ilivyo sasa.
problem-illegal-transition-means = Sasa iko katika hali nyingine, na hakuna kilichobadilishwa. Angalia ilivyo.
problem-busy-means = Kwa sasa kuna kazi nyingi zinazoendelea. Angalia hali ilivyo, kisha jaribu tena baada ya muda mfupi.
problem-store-unavailable-means = Huenda ulichoomba kimeandikwa, au hakijaandikwa. Angalia hali ilivyo kabla ya kujaribu tena.
problem-internal-means = Angalia hali ilivyo kabla ya kujaribu tena; kumbukumbu za mfumo zina maelezo zaidi.
problem-rate-limited-means = Subiri kidogo, kisha jaribu tena.
problem-whatifs-open-means = Subiri moja likamilike, au sitisha moja.
problem-whatif-too-large-means = Linaomba siku na hali nyingi mno kwa pamoja: uliza machache kwa wakati mmoja.
problem-idempotency-key-reused-means = Pakia ukurasa upya na urudie.
refused-other-session = Fomu hii ni ya kipindi kingine, au ni ya zamani: pakia ukurasa upya na urudie.
refused-other-site = Fomu hii imetoka kwenye tovuti nyingine.
refused-role = Akaunti yako hairuhusiwi kufanya hivyo: mwombe mwenye akaunti inayoruhusiwa.
refused-over = { $date } imekwisha: leo na siku za baadaye tu ndizo zinaweza kubadilishwa.
refused-whatif-old = Siku ilibadilishwa tangu swali lilipoisoma. Uliza tena, uone ilivyo sasa.
refused-whatif-empty = Hakuna miadi siku hizi: chagua siku zenye miadi.
refused-whatif-days = Zinatakiwa siku 1 hadi { $n }, na ya mwisho isiwe kabla ya ya kwanza.
refused-number = Inatakiwa namba kamili kuanzia { $least } hadi { $most }.
refused-length = Zinatakiwa herufi 1 hadi { $n }.
refused-date = Hii si tarehe. Unatakiwa mwaka, mwezi na siku, kama 2026-11-21.
refused-email = Hii si anwani ya barua pepe. Inatakiwa kama ruth@example.org.
refused-phone = Hii si namba ya simu. Inatakiwa ya nchi hii, au yenye kodi ya nchi, kama +254 700 123 456.
refused-past = Wakati huo umepita: chagua wa baadaye.
refused-settled = Tayari imeshughulikiwa; hakuna kilichobaki kufanya.
refused-absence-over = Kutokuwepo huko kumekwisha: chagua mwisho ambao bado haujafika.
refused-absence-backwards = Kunaisha kabla ya kuanza: chagua mwisho wa baadaye.
refused-absence-long = Kutokuwepo huko ni kurefu mno: si zaidi ya siku { $n }.
refused-choose = Chagua atakayepewa.
refused-not-served = Haiwezi kupewa hao: { $why }.
refused-not-as-many = Hao si wengi kama inavyohitajika, au si wa aina hiyo: chagua wengine.
refused-no-contact = { $name } hana mawasiliano yaliyoandikwa: muulize ana kwa ana.
refused-nothing-back = Hakuna kinachoweza kurudishwa: ilibadilishwa baadaye, au imekwisha.
refused-back-busy = Hakuna kilichorudishwa: { $name } hawezi kurudishiwa “{ $booking }”, kwa sababu wakati huo ana “{ $other }”.
refused-back-unable = Hakuna kilichorudishwa: { $name } hawezi tena kuhudumia “{ $booking }” ({ $why }).
refused-not-with = “{ $booking }” haiko tena na { $name }: angalia tena.

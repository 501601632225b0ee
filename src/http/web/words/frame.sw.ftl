# Kinachozunguka kila ukurasa, na kinachosemwa mahali pengi. Kiswahili.

skip = Nenda kwenye ukurasa
ways = Sehemu za skrini
location = Tawi
way-day = Siku
way-attention = Zinazohitaji uangalizi
way-week = Wiki
way-bookings = Miadi
way-runs = Mipango
way-ledger = Usawa
way-messages = Ujumbe
way-whatifs = Ingekuwaje
way-settings = Mipangilio
waiting = { $n ->
    [one] miadi inasubiri
   *[other] miadi zinasubiri
}
sign-in = Ingia
sign-out = Toka
sign-in-house = Nyumba
sign-in-login = Jina la kuingia
sign-in-password = Nywila
sign-in-by-token = Ingia kwa tokeni
sign-in-wrong = Nyumba, jina au nywila si sahihi.
sign-in-token-wrong = Tokeni haikubaliki: si tokeni, muda wake umekwisha, au ufunguo wake umebadilishwa.
sign-in-customer = Hii ni tokeni ya mteja. Kurasa hizi ni za watu wa nyumba.
sign-in-too-often = { $n ->
    [one] Majaribio ni mengi mno. Jaribu tena baada ya sekunde moja.
   *[other] Majaribio ni mengi mno. Jaribu tena baada ya sekunde { $n }.
}
sign-in-token = Tokeni
role-frontdesk = mapokezi
role-scheduler = mpangaji
role-manager = meneja
role-admin = msimamizi
no-locations = Hakuna tawi bado. Msimamizi anaongeza kwenye mipangilio.
which-location = Tawi lipi?
unit-hours = saa
unit-minutes = dk
close = Funga

problem-onward = Kwenye siku
problem-bad-request = Hii haisomeki
problem-unauthenticated = Ingia kwanza
problem-forbidden = Huna ruhusa ya hili
problem-not-found = Hakuna kitu kama hicho
problem-method-not-allowed = Hili haliwezi kufanyika hapo
problem-timeout = Imechukua muda mrefu kufika
problem-slot-full = Hakuna anayeweza kuhudumia aliye huru wakati huo
problem-already-booked = Mteja huyu tayari ana miadi hiyo
problem-hold-expired = Muda wa kushikilia umekwisha
problem-version-conflict = Mtu mwingine amebadilisha wakati huo huo
problem-illegal-transition = Miadi katika hali hii haiwezi kufanya hivyo
problem-too-late = Umechelewa kwa hilo
problem-choice-not-offered = Wateja hawachagui mtu hapa
problem-preview-expired = Iliangaliwa zamani mno
problem-preview-outdated = Siku ilibadilishwa baada ya kuangaliwa
problem-whatifs-open = Maswali ya ingekuwaje yaliyo wazi yamefika kikomo
problem-whatif-not-done = Swali la ingekuwaje halina jibu bado
problem-not-real = Ni hivyo kwenye ingekuwaje tu
problem-payload-too-large = Hii ni kubwa mno
problem-unsupported-media-type = Hii si fomu
problem-invalid = Kilichotolewa hakikubaliki
problem-whatif-too-large = Swali la ingekuwaje linaomba siku nyingi mno
problem-asked-back = Maneno hayaeleweki
problem-unknown-person = Hakuna mwenye jina hilo anayefanya kazi hapo
problem-idempotency-key-missing = Fomu haina ufunguo wake
problem-idempotency-key-reused = Fomu hii ilitumwa ikiwa na kitu kingine
problem-rate-limited = Maombi ni mengi mno
problem-internal = Kuna kitu kimeharibika hapa
problem-busy = Mambo mengi kwa wakati mmoja: jaribu tena
problem-store-unavailable = Hifadhidata haijibu
fault-not-done = Haikufanyika.

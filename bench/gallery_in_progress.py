T={'sign-in':'Signing in','second-factor':'A second factor','code':'A code of the app','recovery':'A recovery code instead','recovery-codes':'Recovery codes','passkeys':'Passkeys','password':'A new password','welcome':'A link leads in','forgotten':'A forgotten password','account':'My account','colleagues':'Colleagues','clients':'Your clients','invite-whom':'Inviting: whom?','invite':'An invitation','room-choose':'In the room: choosing','room':'In the room','room-live':'Live in the room','give-what':'Giving: what?','give':'Giving a practice','given-so-far':'What was given','case':'The case file','log':'The log','ladder':'A ladder','notes':'Private notes','note':'Changing a note','case-podcast':'Their podcast addresses','review':'What came back, and its review','together':'Read together','question':'The question alone','over-time':'Both answers over time','export':'A copy','erase':'Erasing','erased':'It is erased','hand-over':'Handing over','asked':'The client is asked','join':'What an invited client reads','decide':'What a client decides','seen':'What my therapist can see','leave':'Leaving','podcast':'In a podcast app','beside':'A note beside a practice','given':'From my therapist','reminders':'Reminders of one’s own','worksheets':'Worksheets','worksheet':'A worksheet','mine':'What I wrote','spoken-choose':'Whom each word means','spoken':'Your words, to you','loudspeaker':'Another loudspeaker','subscribe':'Subscribing','add-device':'Adding a device','alike':'Both answers nearly alike','both-answers':'Both answers, read by their writer','listen':'Listen and write','room-code':'In the room: a code for another loudspeaker'}
G=[('Coming in',['welcome','sign-in','second-factor','recovery-codes','code','recovery','forgotten','account','password','passkeys','colleagues']),
('A therapist and their clients',['clients','invite-whom','invite','give-what','give','given-so-far','case','log','ladder','notes','note','review','together','question','over-time','case-podcast','hand-over','export','erase','erased']),
('In the room',['room-choose','room','room-code','loudspeaker','room-live']),
('A client',['join','decide','seen','add-device','asked','leave','given','reminders','podcast','subscribe','beside']),
('Worksheets',['worksheets','worksheet','listen','alike','both-answers','mine','spoken-choose','spoken'])]
assert sorted(n for _,g in G for n in g)==sorted(T),set(T)^{n for _,g in G for n in g}
o=['# How the pages of therapists and clients look','','Everybody in these pictures is made up. `make screenshots` takes them again. Of a long page the first part is shown. What the pages are for is told in [therapists.md](therapists.md).','']
for h,g in G:
    o+=['## '+h,'','| page | | |','|---|---|---|']
    o+=[f'| {T[n]} | [phone](screenshots/people-{n}-phone.png) | [desk](screenshots/people-{n}-desk.png) |' for n in g]
    o+=['']
open('docs/pictures.md','w').write('\n'.join(o).rstrip()+'\n')
s=open('docs/therapists.md').read()
i=s.index('| page | | |\n|---|---|---|\n| Your clients')
s=s[:i]+'All pages, on a phone and on a desk: [pictures.md](pictures.md).\n'
open('docs/therapists.md','w').write(s)

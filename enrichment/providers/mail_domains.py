"""Mail domains known by name, collected by hand from general knowledge (October 2026).

Free: anybody gets a mailbox there, so that the domain says nothing about an employer.
Disposable: a mailbox there lives minutes to days. Both lists are the common ones, not all.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FREE: Final = _words(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com passport.com
    outlook.de outlook.fr outlook.es outlook.it hotmail.de hotmail.fr hotmail.es hotmail.it
    hotmail.co.uk live.de live.fr live.it live.nl live.co.uk
    yahoo.com ymail.com rocketmail.com yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk yahoo.co.jp
    yahoo.com.br yahoo.com.ar yahoo.co.in yahoo.ca aol.com aim.com
    icloud.com me.com mac.com
    proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com
    mailbox.org posteo.de posteo.net fastmail.com fastmail.fm hey.com zoho.com zohomail.com
    gmx.de gmx.net gmx.at gmx.ch gmx.com web.de freenet.de t-online.de arcor.de mail.de email.de
    online.de
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
    libero.it virgilio.it tiscali.it alice.it tin.it
    btinternet.com talktalk.net sky.com virginmedia.com ntlworld.com blueyonder.co.uk
    comcast.net verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net earthlink.net
    rogers.com shaw.ca sympatico.ca bigpond.com optusnet.com.au xtra.co.nz
    ziggo.nl kpnmail.nl planet.nl telenet.be skynet.be bluewin.ch
    wp.pl o2.pl onet.pl interia.pl op.pl seznam.cz centrum.cz email.cz azet.sk
    abv.bg mail.bg freemail.hu citromail.hu
    mail.ru bk.ru list.ru inbox.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru
    ukr.net i.ua meta.ua bigmir.net
    uol.com.br bol.com.br terra.com.br ig.com.br
    qq.com 163.com 126.com yeah.net sina.com sohu.com foxmail.com aliyun.com
    naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    rediffmail.com mail.com email.com inbox.lv inbox.com
    """
)

DISPOSABLE: Final = _words(
    """
    mailinator.com guerrillamail.com guerrillamail.net sharklasers.com grr.la 10minutemail.com
    10minutemail.net temp-mail.org tempmail.com tempmail.dev tempail.com temp-mail.io
    throwawaymail.com
    yopmail.com yopmail.fr yopmail.net getnada.com nada.email maildrop.cc trashmail.com trashmail.de
    trash-mail.com dispostable.com fakeinbox.com mailnesia.com mintemail.com mytemp.email
    spamgourmet.com mohmal.com emailondeck.com moakt.com discard.email discardmail.com
    wegwerfmail.de einrot.com burnermail.io
    """
)

GENERIC_COUNTRY_CODES: Final = _words(
    "ac ai am as bz cc cd co fm gg io la ly me nu sh st to tv vc ws"
)
"""Country codes sold to the whole world as if they were generic: they say nothing about a place."""

"""The texts of the Methodik page: short, German, one idea a section."""

from __future__ import annotations

import streamlit as st

from raumblick.catalogue import Catalogue
from raumblick.ui.layout import escape

Sections = tuple[tuple[str, str], ...]

METHOD: Sections = (
    (
        "Anteile und Raten",
        "Jeder Anteil wird aus **Zähler und Nenner** gerechnet, nie aus fertigen Prozentwerten. Für größere Gebiete werden erst "
        "die Zähler und dann die Nenner summiert und danach geteilt. Fehlt bei einem Teilgebiet eine Zahl, bleibt es bei "
        "beiden Summen außen vor, und die Seite nennt, wie viele Gebiete fehlen. Durch null wird nicht geteilt: Das Ergebnis "
        "ist dann „k. A.“.",
    ),
    (
        "Unsicherheit: der 95-%-Bereich",
        "In kleinen Gebieten schwanken Zahlen zufällig. Darum steht bei Anteilen ein Bereich nach Wilson und bei Raten ein "
        "Bereich nach Byar (unter 10 Fällen die genauen Poisson-Grenzen). Der Bereich sagt, welche zugrunde liegenden Werte "
        "mit der beobachteten Zahl gut vereinbar sind. **„Sicher höher als die Stadt“** heißt: Der ganze Bereich liegt über dem "
        "Wert der Stadt.",
    ),
    (
        "Veränderungen",
        "Eine Veränderung gilt als **gesichert**, wenn der 95-%-Bereich der Differenz die Null nicht enthält (bei Anteilen "
        "nach Newcombe, bei Raten aus den Byar-Bereichen). Ohne Test gibt es kein Urteil über eine Veränderung.",
    ),
    (
        "Klassen auf der Karte",
        "Höchstens fünf Klassen mit lesbaren Grenzen, für alle Jahre dieselben. Eine Grenze gehört zur oberen Klasse. "
        "Schraffiert ist ein Gebiet, wenn sein 95-%-Bereich über mehr als zwei Klassen reicht: Dann sagt die Farbe wenig.",
    ),
    (
        "Fehlend, geheim und null",
        "**k. A.**: Die Zahl liegt nicht vor (grau schraffiert). **geheim**: Eine Anzahl von 1 oder 2 Personen wird nicht "
        "gezeigt, ebenso jeder Wert daraus (grau gepunktet). Geheim sind auch einige größere Zahlen: Sonst ließe sich die "
        "kleine aus der Summe und den übrigen Zahlen ausrechnen. **0** ist eine Zahl. Was der Ausschuss nicht sehen darf, "
        "steht in der öffentlichen Datei gar nicht erst.",
    ),
    (
        "Schwerpunkträume: der Index",
        "Die Kennzahlen eines Index werden vergleichbar gemacht (meist als Abstand vom Mittel in Standardabweichungen) und "
        "gewichtet zusammengezählt. Jede Festlegung steht in einer Datei und lässt sich ändern. **Wie sicher** ein Gebiet "
        "dazugehört, zeigen tausende Wiederholungen, in denen kleine Zahlen zufällig anders ausfallen und Gewichte und "
        "Rechenweise schwanken: **sicher** ab 90 % der Wiederholungen, **wahrscheinlich** ab 50 %, **unklar** ab 10 %. Hilfen "
        "zur Erziehung stehen neben dem Index, nicht darin.",
    ),
    (
        "Trends",
        "Ein Pfeil steht nur, wo ein Test gesprochen hat; von allen Gebieten wird dabei höchstens eines von hundert zu Unrecht "
        "genannt. Ohne Pfeil steht, welche Veränderung sich mit diesen Zahlen überhaupt hätte erkennen lassen.",
    ),
    (
        "Versorgung: vier Zahlen, die nicht dasselbe sind",
        "**Versorgungsquote**: Plätze je Kind. **Betreuungsquote**: betreute Kinder je Kind. **Bedarfsquote**: Anteil der "
        "Kinder, die einen Platz brauchen oder wünschen. **Auslastung**: belegte je betriebene Plätze. Eine Lücke gibt es nur "
        "gegen einen Zielwert, und der nennt immer seine Art (Gesetz, Planung, Befragung). Fehlende Platzzahlen bleiben "
        "fehlend und werden gezählt.",
    ),
    (
        "Reichweite",
        "Jedes Angebot teilt seine Plätze unter allen Kindern auf, die es auf dem gewählten Weg erreichen; ein Kind zählt "
        "zusammen, was es erreicht. Kinder und Angebote der Nachbargebiete zählen mit, deshalb verschwinden viele Lücken. In "
        "ihrem Gebiet sind die Kinder nach Gitterzellen oder Adresspunkten verteilt, wo die Stadt welche hat (nur in der "
        "Planung: Eine Zelle hat wenige Kinder), sonst gleichmäßig; die Summe jedes Gebiets bleibt, wie sie ist. Ob "
        "eine Lücke vom gewählten Weg abhängt, zeigen zwölf Varianten. Ohne Zielwert wird mit dem Durchschnitt der Stadt oder "
        "einem eigenen Wert verglichen; beides ist ein Vergleich und kein Maßstab aus Gesetz oder Planung.",
    ),
    (
        "Standorte suchen",
        "Drei Fragen: möglichst viele Kinder mit einem Angebot auf dem Weg (Maximal Covering), möglichst kurze Wege (p-Median), "
        "alle mit möglichst wenigen Angeboten (Set Covering). Die schnelle Antwort nimmt einen Ort nach dem anderen; die "
        "bewiesene sucht bis 30 Sekunden mit einem ganzzahligen Programm und sagt, um wie viel es höchstens noch besser ginge.",
    ),
    (
        "Übergänge",
        "Ein Schritt vergleicht die Kinder eines Jahrgangs vor und nach dem Wechsel. **Sicher mehr verloren** heißt: genauer "
        "Binomialtest gegen die Stadt, höchstens 5 % der genannten Gebiete zu Unrecht genannt.",
    ),
    (
        "Verteilung nach Formel",
        "Ein Sockel geht nach der Zahl junger Menschen, der Rest nach der **Zahl** belasteter junger Menschen und Haushalte, "
        "nicht nach Quoten: Ein kleines Gebiet mit hoher Quote bekommt sonst mehr, als dort Kinder leben. Grenzen schützen vor "
        "Sprüngen; die Summe ist auf den Cent der Topf.",
    ),
    (
        "Prognose des Jahres und Risiko",
        "Aus den Buchungen: vier Verfahren, bis April deren Mitte, danach Hochrechnung und jüngste Monate; der Bereich kommt "
        "aus den Fehlern früherer Jahre. Aus den Fällen: laufende Hilfen, neue Hilfen, Dauer und Preis ergeben Mittel und "
        "Streuung der nächsten zwölf Monate. Eine Warnung ist immer eine Wahrscheinlichkeit: gelb ab 20 %, rot ab 50 %.",
    ),
    (
        "Plan, Ist und übliche Abweichung",
        "In Kraft ist der Plan des ersten Jahres nach dem letzten abgeschlossenen. Ab drei abgeschlossenen Jahren erwartet die "
        "Prognose den Plan mit der mittleren Abweichung, die Plan und Ist dieser Zeile bisher hatten. Daneben steht eine zweite "
        "Prognose aus laufenden Fällen, Dauer und Preis; der Unterschied ist in Kosten je Fall und Zu- und Abgänge zerlegt.",
    ),
    (
        "Wo zusätzliches Geld am meisten hilft",
        "Einen gemessenen Bedarf an offener Arbeit gibt es nicht. Angenommen wird, dass jedes Gebiet je belastetem jungen "
        "Menschen so viel braucht, wie gut ausgestattete Gebiete heute haben; Kennzahl und Messlatte sind wählbar. Das Geld geht "
        "dorthin, wo ein Euro am meisten ungedeckten Bedarf wegnimmt; das letzte Drittel einer Lücke wiegt anderthalbmal so viel "
        "wie das erste. Rechtsansprüche werden vorausgeschätzt und nie gekürzt.",
    ),
    (
        "Prävention",
        "Ob mehr Prävention Hilfen erspart, ist nicht gesichert; voreingestellt ist keine Wirkung, frühestens nach einem Jahr. "
        "Statt einer Ersparnis steht da, wie groß die Wirkung sein müsste, damit sich das Geld trägt.",
    ),
    (
        "Datenstand",
        "Jeder Import bildet einen neuen, unveränderlichen Datenstand mit Kennung und Prüfsummen. Jede Zahl auf jeder Seite "
        "stammt aus genau einem Datenstand; ein früherer kann jederzeit wieder in Kraft gesetzt werden.",
    ),
)

LIMITS: Sections = (
    (
        "Ein Gebiet ist keine Person",
        "Kennzahlen beschreiben Gebiete. Sie sagen nichts darüber, wie es einer bestimmten Familie geht, und begründen keine "
        "Entscheidung im Einzelfall.",
    ),
    (
        "Hilfen folgen auch dem Angebot",
        "Wo es mehr Hilfen gibt, gibt es mehr Fälle. Darum stehen Raten der Hilfen zur Erziehung neben den Kennzahlen der "
        "Lebenslage und nicht in ihnen.",
    ),
    (
        "Planwerte begrenzen keinen Anspruch",
        "Budgets sind Planungsgrößen. Der Anspruch auf Hilfe nach §§ 27 und 36a SGB VIII besteht unabhängig davon.",
    ),
    (
        "Kleine Zahlen",
        "Die Schwelle von 3 verhindert, dass einzelne Kinder erkennbar werden. Sie verhindert nicht, dass ein Wert aus wenigen "
        "Fällen zufällig hoch oder niedrig ist; das zeigt der 95-%-Bereich.",
    ),
    (
        "Geschätzt und erfunden",
        "Geschätzte Werte (etwa umgerechnete oder abgeleitete) sind als solche gekennzeichnet. Musterstadt ist erfunden; keine "
        "ihrer Zahlen beschreibt einen wirklichen Ort.",
    ),
)

ACCESS: Sections = (
    (
        "Stand der Barrierefreiheit",
        "Raumblick will WCAG 2.2 (AA) und BITV 2.0 erfüllen. Alle Seiten sind mit der Tastatur bedienbar; Karten haben eine "
        "Liste der Gebiete, die mit den Pfeiltasten gelesen wird, und jede Karte und jedes Diagramm hat eine Tabelle mit "
        "denselben Zahlen. Farben tragen nie allein eine Bedeutung. Jede Seite wird bei jeder Änderung automatisch geprüft.",
    ),
    (
        "Bekannte Grenzen",
        "Diagramme lassen sich nicht Punkt für Punkt mit der Tastatur ansteuern; die Tabelle darunter ist der gleichwertige Weg. "
        "Leichte Sprache und Gebärdensprache gibt es noch nicht.",
    ),
    (
        "Rückmeldung",
        "Hindernisse bitte der Stelle melden, die Raumblick betreibt.",
    ),
)


PRIVACY: Sections = (
    (
        "Was Raumblick enthält",
        "Zahlen über Gebiete und Angaben zu Einrichtungen. Keine Namen, Anschriften oder Aktenzeichen von Kindern und Familien; "
        "eine Liste von Personen wird beim Einlesen abgewiesen.",
    ),
    (
        "Was nie gezeigt wird",
        "In der Fassung für Ausschuss und Öffentlichkeit fehlen Anzahlen von 1 und 2 Personen, alles, was auf ihnen beruht, und "
        "weitere Zahlen, aus denen sie sich ausrechnen ließen. Auch Beträge von ein oder zwei Fällen und Fälle je Monat und "
        "Gebiet fehlen: Wer eine Familie kennt, könnte sie sonst wiedererkennen.",
    ),
    (
        "Wer Raumblick benutzt",
        "Mit Anmeldung hält ein Protokoll fest, wer wann Daten eingelesen, in Kraft gesetzt, ausgegeben oder Szenarien "
        "gespeichert hat. Die betreibende Stelle löscht Einträge nach drei Jahren, wenn sie nichts anderes festlegt. Wer welche "
        "Seite ansieht, hält Raumblick nicht fest. Nichts wird von fremden Servern geladen oder an sie gemeldet.",
    ),
    (
        "Fragen",
        "Verzeichnis der Verarbeitung, Löschkonzept und Kontakt hat die Stelle, die Raumblick betreibt. Sicherheitslücken bitte "
        "dort melden, nicht öffentlich.",
    ),
)


def show_sections(sections: Sections) -> None:
    """Sections as headings with text."""
    for title, text in sections:
        st.header(title, anchor=False)
        st.markdown(text)


def show_glossary(catalogue: Catalogue) -> None:
    """All terms with their meaning, found by a word."""
    search = st.text_input("Begriff suchen", placeholder="zum Beispiel Nenner").strip().casefold()
    rows = catalogue.glossary
    found = rows[[search in f"{t} {d}".casefold() for t, d in zip(rows["term"], rows["definition"], strict=True)]]
    if not len(found):
        st.info("Kein Begriff gefunden. Bitte ein kürzeres Wort eingeben.")
    for term, definition in zip(found["term"], found["definition"], strict=True):
        st.markdown(f"**{escape(term)}**  \n{escape(definition)}")

"""Says of each page "ok" or what is wrong: check_html.py PAGE…

Every element is closed in its order, every id is there once, every link leads to an id of the page or
to a file beside it, and nothing comes from elsewhere or runs.
"""

import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}
ALLOWED = {"html", "head", "meta", "title", "style", "body", "a", "header", "nav", "main", "section", "article",
           "h1", "h2", "h3", "p", "span", "dl", "dt", "dd", "figure", "pre", "strong", "details",
           "summary", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "div", "figcaption",
           "svg", "g", "rect", "path", "text", "defs", "pattern", "circle"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids, self.links = [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}>")
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name == "src" or "url(" in (value or ""):
                self.faults.append(f"{name}={value}")
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        text = file.read()
    page = Page()
    page.feed(text)
    page.close()
    faults = page.faults + [f"{tag} is never closed" for tag in page.open]
    faults += [f"{name} is there twice" for name in {i for i in page.ids if page.ids.count(i) > 1}]
    for link in page.links:
        if link.startswith("#"):
            if link[1:] not in page.ids:
                faults.append(f"{link} leads nowhere")
        elif ":" in link or link.startswith("/") or ".." in link:
            faults.append(f"{link} leads elsewhere")
    if text.count("://") != 0:
        faults.append("an address")
    print("; ".join(faults)[:500] if faults else "ok")

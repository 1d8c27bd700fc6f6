"""Says of each XML document "ok" and what is in it, or what is wrong: check_xml.py DOCUMENT…

Expat is strict: it refuses control characters and whatever is not well-formed.
"""

import sys
import xml.etree.ElementTree as tree

for name in sys.argv[1:]:
    try:
        root = tree.parse(name).getroot()
    except tree.ParseError as error:
        print(f"wrong: {error}")
        continue
    suites = root.findall("testsuite")
    cases = [case for suite in suites for case in suite.findall("testcase")]
    kinds = {kind: [case.find(kind) for case in cases if case.find(kind) is not None]
             for kind in ("failure", "error", "skipped")}
    faults = []
    if root.tag != "testsuites":
        faults.append("no testsuites")
    for attribute, found in (("tests", cases), ("failures", kinds["failure"]),
                             ("errors", kinds["error"]), ("skipped", kinds["skipped"])):
        said = [int(root.get(attribute)), sum(int(suite.get(attribute)) for suite in suites)]
        if said != [len(found), len(found)]:
            faults.append(f"{attribute} says {said}, and there are {len(found)}")
    for kind in ("failure", "error"):
        for element in kinds[kind]:
            if not element.get("type") or not element.get("message"):
                faults.append(f"a {kind} without type or message")
            if (kind == "error") != (element.get("type") == "grader_error"):
                faults.append(f"a {kind} of type {element.get('type')}")
    print("; ".join(faults) if faults else "ok " + " ".join(
        [str(len(cases))] + [str(len(kinds[kind])) for kind in ("failure", "error", "skipped")]))

#!/usr/bin/env python3
"""A participant of Assent without the SDK: a stock of items in SQLite.  participant.py PORT COORDINATORS DATABASE"""
import json, sqlite3, sys, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, coordinators, me = int(sys.argv[1]), sys.argv[2].split(","), "stock"
db, lock = sqlite3.connect(sys.argv[3], check_same_thread=False, isolation_level=None), threading.Lock()
db.executescript("""PRAGMA synchronous=FULL;
  CREATE TABLE IF NOT EXISTS item(name TEXT PRIMARY KEY, free INT CHECK(free >= 0), sold INT DEFAULT 0);
  CREATE TABLE IF NOT EXISTS branch(id TEXT PRIMARY KEY, state TEXT, calls INT DEFAULT 0, term INT DEFAULT 0);
  CREATE TABLE IF NOT EXISTS hold(id TEXT, item TEXT, quantity INT);
  INSERT OR IGNORE INTO item(name, free) VALUES ('bolt', 100)""")

def settle(id, state):  # one local transaction: the state, and what it means for the stock
    column = "sold" if state == "COMMITTED" else "free"
    db.execute(f"UPDATE item SET {column} = {column} + coalesce((SELECT sum(quantity) FROM hold WHERE id=? AND item=name), 0)", (id,))
    db.execute("DELETE FROM hold WHERE id=?", (id,))
    db.execute("INSERT INTO branch(id, state) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET state=excluded.state", (id, state))

def reserve(id, order):  # the business call: its work can be undone until the outcome is known
    row = db.execute("SELECT state FROM branch WHERE id=?", (id,)).fetchone()
    if row and row[0] != "WORKING":
        return 409, {"type": "urn:assent:problem:transaction-over", "status": 409}, None
    db.execute("INSERT INTO branch(id, state) VALUES (?, 'WORKING') ON CONFLICT DO NOTHING", (id,))
    db.execute("UPDATE branch SET calls = calls + 1 WHERE id=?", (id,))
    db.execute("UPDATE item SET free = free - ? WHERE name=?", (order["quantity"], order["item"]))
    db.execute("INSERT INTO hold VALUES (?, ?, ?)", (id, order["item"], order["quantity"]))
    calls = db.execute("SELECT calls FROM branch WHERE id=?", (id,)).fetchone()[0]
    return 200, order, f'"{me}";endpoint="http://127.0.0.1:{port}/assent";calls={calls}'

def answer(m):  # what a message does, by what is durable here; None: no reply
    id, kind = m["transaction"], m["type"]
    state, calls, term = db.execute("SELECT state, calls, term FROM branch WHERE id=?", (id,)).fetchone() or (None, 0, 0)
    if kind == "COMMIT" and me not in [p["participant"] for p in m["participants"]]:
        kind = "ABORT"  # committed without this branch
    if kind == "PREPARE" and (m["term"] < term or state == "COMMITTED"):
        return None
    if kind == "PREPARE":
        meant = state in ("WORKING", "PREPARED") and m.get("calls") == calls
        if not meant and state != "PREPARED":
            settle(id, "ABORTED")  # remembered: a later PREPARE gets NO too
        elif meant:
            db.execute("UPDATE branch SET state='PREPARED', term=? WHERE id=?", (m["term"], id))
        return {"type": "VOTE", "vote": "YES" if meant else "NO"}
    if kind == "COMMIT" and state in ("PREPARED", "COMMITTED"):
        if state == "PREPARED": settle(id, "COMMITTED")
        return {"type": "ACK"}
    if kind == "COMMIT":
        return None if state == "WORKING" else {"type": "HEURISTIC", "kind": "ROLLBACK" if state else "HAZARD"}
    if kind == "ABORT" or kind == "INQUIRE" and m.get("fence") and state in (None, "WORKING"):
        if kind == "ABORT" and state == "COMMITTED": return {"type": "HEURISTIC", "kind": "COMMIT"}
        if state != "ABORTED": settle(id, "ABORTED")
        return {"type": "ACK"} if kind == "ABORT" else {"type": "STATE", "state": "ABORTED"}
    if kind == "INQUIRE":
        return {"type": "STATE", "state": "NOT_VOTED" if state in (None, "WORKING") else state}

def transactional(work, *args):
    with lock:
        db.execute("BEGIN IMMEDIATE")
        try: result = work(*args)
        except Exception: db.execute("ROLLBACK"); raise
        db.execute("COMMIT")  # fsynced before anybody is told
        return result

def ask_again():  # who hears nothing asks, at any coordinator, again and again
    while True:
        time.sleep(2)
        open_ids = [r[0] for r in db.execute("SELECT id FROM branch WHERE state IN ('WORKING', 'PREPARED')").fetchall()]
        for url in coordinators if open_ids else []:
            try:
                body = json.dumps({"branches": [{"transaction": i, "branch": me} for i in open_ids[:1000]]}).encode()
                call = urllib.request.Request(url + "/v1/outcomes/lookup", body, {"Content-Type": "application/json"})
                for o in json.load(urllib.request.urlopen(call, timeout=5))["outcomes"]:
                    if o["outcome"] in ("COMMITTED", "ABORTED"):
                        transactional(settle_if_open, o["transaction"], o["outcome"])
                break
            except OSError: continue  # the next one

def settle_if_open(id, outcome):
    if db.execute("SELECT 1 FROM branch WHERE id=? AND state IN ('WORKING', 'PREPARED')", (id,)).fetchone():
        settle(id, outcome)

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body, member = json.loads(self.rfile.read(int(self.headers["Content-Length"]))), None
        if self.path == "/assent":
            replies = [dict(transactional(answer, m) or {}, transaction=m["transaction"], branch=m["branch"]) for m in body["messages"] if m["branch"] == me]
            for h in body.get("horizons") or []:  # forgotten everywhere
                transactional(db.execute, "DELETE FROM branch WHERE substr(id,1,16)=? AND id<=? AND state IN ('COMMITTED','ABORTED')", (h[:16], h))
            status, body = 200, {"replies": [r for r in replies if "type" in r]}
        else:
            try: status, body, member = transactional(reserve, self.headers["Assent-Transaction"], body)
            except sqlite3.IntegrityError: status, body = 409, {"title": "Not enough in stock", "status": 409}
        self.reply(status, body, member)
    def do_GET(self):
        self.reply(200, dict(zip(("free", "sold"), db.execute("SELECT free, sold FROM item WHERE name='bolt'").fetchone())), None)
    def reply(self, status, body, member):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(data))), ("Assent-Branch", member)):
            if value: self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *args): pass

threading.Thread(target=ask_again, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()

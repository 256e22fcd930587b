"""A mail server that keeps what it is sent, and can be told to fail: SMTP as RFC 5321 has it, without options."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class Post:
    """What arrived; `refuses` are addresses that it takes no mail for, `before_answer` runs once a mail is kept.

    `before_greeting` runs first of all, when somebody has come.
    """

    port: int = 0
    mails: list[Message] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    before_answer: Callable[[], None] = lambda: None
    before_greeting: Callable[[], None] = lambda: None


@contextmanager
def receiving() -> Iterator[Post]:
    """Run one on a port of its own."""
    post = Post()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            post.before_greeting()
            self._say("220 ready")
            for line in self.rfile:
                command = line.decode().strip()
                verb = command[:4].upper()
                if verb == "RCPT" and any(address in command for address in post.refuses):
                    self._say("550 no such mailbox")
                elif verb == "DATA":
                    self._take()
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _take(self) -> None:
            self._say("354 go on")
            lines = list(iter(self.rfile.readline, b".\r\n"))
            post.mails.append(message_from_bytes(b"".join(lines)))
            post.before_answer()
            self._say("250 kept")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield post
        server.shutdown()

"""A web service, and its own clients: argv is the number of requests. Prints a digest of all answers."""

import hashlib
import http.client
import json
import sys
import threading
import time

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    tags: list[str]
    price: float


@app.post("/items/{number}")
async def put(number: int, item: Item) -> dict[str, object]:
    return {
        "number": number,
        "name": item.name.upper(),
        "tags": sorted(item.tags),
        "price": round(item.price * 1.19, 2),
    }


@app.get("/plain")
def plain(words: int = 3) -> str:
    return " ".join(["word"] * words)


def ask(port: int, numbers: range, answers: dict[int, bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in numbers:
        if number % 5 == 0:
            connection.request("GET", f"/plain?words={number % 50}")
        else:
            item = {"name": f"item {number}", "tags": [str(number % 7), "b", "a"], "price": number / 3}
            body = json.dumps(item)
            connection.request("POST", f"/items/{number}", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answers[number] = b"%d " % response.status + response.read()
    connection.close()


def main() -> None:
    requests = int(sys.argv[1])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    serving = threading.Thread(target=server.run)
    serving.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    answers: dict[int, bytes] = {}
    clients = [threading.Thread(target=ask, args=(port, range(n, requests, 4), answers)) for n in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    server.should_exit = True
    serving.join()
    print(len(answers), hashlib.sha256(b"\n".join(answers[n] for n in sorted(answers))).hexdigest())


main()

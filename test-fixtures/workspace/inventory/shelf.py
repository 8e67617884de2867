class Shelf:
    def __init__(self, items):
        self.boxes = [bytes(1000) for _ in range(items)]

    def __len__(self):
        return len(self.boxes)

"""What the function and the client in Python share: messages are bytes, so that neither needs the compiler of Protocol Buffers."""

SERVICE = "probe.Probe"
CROWD = 200
LAST_NUMBER = 5


def as_it_is(message):
    return message

namespace Realtime.Node.Codecs;

/// <summary>Every field name that a client frame, or an object inside one, may have. The names on the wire are these in lower case.</summary>
internal enum JsonField : byte
{
    None = 0,
    Ack,
    Ago,
    Attempt,
    Bytes,
    Channel,
    Client,
    Data,
    Echo,
    From,
    Id,
    Key,
    Last,
    Limit,
    Method,
    Name,
    Positions,
    Presence,
    Producer,
    Reverse,
    Seq,
    Session,
    Subscriptions,
    Tags,
    Token,
    Type,
    Value,
    Version,
}

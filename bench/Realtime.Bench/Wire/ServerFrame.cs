namespace Realtime.Bench.Wire;

/// <summary>What the generator needs to know of a frame that it does parse.</summary>
internal sealed record ServerFrame
{
    public string Type { get; set; } = "";

    public long Id { get; set; }

    public string? Session { get; set; }

    public bool Resumed { get; set; }

    /// <summary>Of the frame itself (reply, gap), or of the first subscription in a welcome.</summary>
    public string? Position { get; set; }

    public bool Recovered { get; set; }

    public bool HasGap { get; set; }

    public int Subscriptions { get; set; }

    /// <summary><c>code</c>, <c>reason</c> and <c>message</c> of an error, a gap or a goodbye, for people.</summary>
    public string Detail { get; set; } = "";

    /// <summary>Where a <c>move</c> asks the client to go.</summary>
    public string? Url { get; set; }

    public string? Ticket { get; set; }

    /// <summary>Of a <c>move</c>, or of the advice in a <c>goodbye</c>: milliseconds. <see cref="Within"/> is null when a goodbye is final.</summary>
    public long After { get; set; }

    public long? Within { get; set; }

    public long RetryAfter { get; set; }

    public long CrashWindow { get; set; }

    /// <summary>Ports of other nodes that take clients.</summary>
    public int[] Others { get; set; } = [];

    public long? Offset { get; set; }

    public long? Previous { get; set; }

    /// <summary>The number the publisher wrote into the payload.</summary>
    public long? Number { get; set; }

    /// <summary>When the publisher sent it.</summary>
    public long? Stamp { get; set; }
}

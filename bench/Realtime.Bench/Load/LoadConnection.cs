using System.Buffers;
using System.Globalization;
using Realtime.Bench.Churn;
using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>One session of the load and the socket it is on at the moment. Holds a buffer only while half a frame is there.</summary>
internal sealed class LoadConnection(int port, Role role, string channel, byte source, int receiveBuffer, bool subscribeSeparately, string? producer)
{
    private long _base;
    private string _epoch = "";

    public int Port { get; } = port;

    /// <summary>Of the handshake's address: empty, or with its question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>
    /// The session that goes from connection to connection; null where a session has one connection at a time and counting is enough.
    /// </summary>
    public FollowedSession? Follows { get; init; }

    public Role Role { get; } = role;

    public string Channel { get; } = channel;

    public byte Source { get; } = source;

    public int ReceiveBuffer { get; } = receiveBuffer;

    public bool SubscribeSeparately { get; } = subscribeSeparately;

    public string? Producer { get; } = producer;

    public bool Subscribes => Role != Role.Publisher;

    public int Descriptor { get; set; } = -1;

    public ConnectionPhase Phase { get; set; }

    /// <summary>The resume token of the first welcome, the same for the session's whole life.</summary>
    public string? Token { get; set; }

    /// <summary>Whether the current connection resumed the session, and whether its subscription went on without a gap.</summary>
    public bool Resumed { get; set; }

    public bool Recovered { get; set; }

    /// <summary>Within how many milliseconds to come back at random after an unannounced loss.</summary>
    public long CrashWindow { get; set; }

    /// <summary>Ports of other nodes that take clients, as the welcome had them.</summary>
    public int[] Others { get; set; } = [];

    /// <summary>Messages since the current measurement began.</summary>
    public long Received { get; set; }

    /// <summary>Messages since the subscription's position became known.</summary>
    public long Advanced { get; set; }

    public long LastRequest { get; set; } = 100;

    public long LastSequence { get; set; }

    /// <summary>The last offset and payload number that <c>--verify</c> has seen.</summary>
    public long VerifiedOffset { get; set; }

    public long VerifiedNumber { get; set; }

    public byte[]? Carry { get; set; }

    public int CarryLength { get; set; }

    public ArrayBufferWriter<byte>? Fragments { get; set; }

    public byte[] Unsent { get; set; } = [];

    /// <summary>The <c>goodbye</c>, once it has come.</summary>
    public ServerFrame? Farewell { get; set; }

    public string? Goodbye => Farewell is null ? null : "goodbye:" + Farewell.Detail;

    /// <summary>After which message of the log the current connection's subscription began.</summary>
    public (string Epoch, long Offset) Start => (_epoch, _base);

    /// <summary>Where a resume goes on: the offsets of a log are contiguous, so counting replaces parsing them.</summary>
    public string? Position => Follows is { } session ? session.Position
        : _epoch.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{_epoch}:{_base + Advanced}");

    public void StartAt(string position)
    {
        var colon = position.LastIndexOf(':');
        if (colon <= 0 || !long.TryParse(position.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _base))
            throw new ProtocolFaultException("not a position: " + position);
        // One string for all sessions of a channel: a load of 10,000 must not keep 10,000 copies.
        _epoch = string.Intern(position[..colon]);
        Advanced = 0;
        VerifiedOffset = _base;
    }
}

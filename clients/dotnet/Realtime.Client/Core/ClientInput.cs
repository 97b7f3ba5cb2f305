using System.Collections.Immutable;
using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>Everything that can happen to a client.</summary>
internal abstract record ClientInput
{
    private ClientInput()
    {
    }

    /// <summary>The application wants to be connected.</summary>
    public sealed record Connect : ClientInput;

    /// <summary>An application that waited for the connection has given up.</summary>
    public sealed record GiveUp : ClientInput;

    /// <summary>The application wants to be disconnected; the session stays.</summary>
    public sealed record Disconnect : ClientInput;

    /// <summary>The application ends the session.</summary>
    public sealed record Bye : ClientInput;

    /// <summary>The client object goes away; the session stays.</summary>
    public sealed record Dispose : ClientInput;

    /// <summary>The gateway decides about a link that is being opened: it goes to this place, or, with none, has to wait.</summary>
    public sealed record Steered(int Link, Uri? Address) : ClientInput;

    public sealed record LinkOpened(int Link) : ClientInput;

    /// <summary>A link could not be opened, broke or was closed without a goodbye.</summary>
    public sealed record LinkLost(int Link, int? CloseCode, Fault? Reason) : ClientInput;

    public sealed record Received(int Link, ImmutableArray<ServerFrame> Frames) : ClientInput;

    /// <summary>Bytes move on a link, though no whole message has come.</summary>
    public sealed record Progress(int Link) : ClientInput;

    /// <summary>Something came over a link that is no frame.</summary>
    public sealed record Garbled(int Link) : ClientInput;

    public sealed record TokenFetched(string? Token) : ClientInput;

    public sealed record TokenFailed(Fault Fault) : ClientInput;

    public sealed record ChannelTokenFetched(string Channel, string? Token) : ClientInput;

    public sealed record ChannelTokenFailed(string Channel, Fault Fault) : ClientInput;

    public sealed record Ask(Request Request) : ClientInput;

    /// <summary>Nobody waits for the answer any more.</summary>
    public sealed record Cancel(Request Request) : ClientInput;

    public sealed record Subscribe(string Channel, SubscribeOptions Options) : ClientInput;

    /// <summary>A subscription that had left the stream for being behind has read everything and wants to join again.</summary>
    public sealed record Rejoin(string Channel) : ClientInput;

    /// <summary>A subscription's reader is too far behind to take more.</summary>
    public sealed record Full(string Channel) : ClientInput;

    /// <summary>That reader has read everything.</summary>
    public sealed record Drained(string Channel) : ClientInput;

    /// <summary>Time has come: something may be due.</summary>
    public sealed record Tick : ClientInput;
}

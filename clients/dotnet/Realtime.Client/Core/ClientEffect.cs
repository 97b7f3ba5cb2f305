using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>Everything a client does to the world; performed in the order given.</summary>
internal abstract record ClientEffect
{
    private ClientEffect()
    {
    }

    /// <param name="Link">Its number.</param>
    /// <param name="Url">Where it goes.</param>
    /// <param name="Straight">Without asking a gateway.</param>
    public sealed record OpenLink(int Link, Uri Url, bool Straight) : ClientEffect;

    /// <summary>Closes a link, open or still opening. Nothing it says afterwards counts.</summary>
    public sealed record CloseLink(int Link, int Code) : ClientEffect;

    public sealed record Send(int Link, ReadOnlyMemory<byte> Frame) : ClientEffect;

    /// <summary>Answers a ping, with what the application has read (which only the shell knows).</summary>
    public sealed record Pong(int Link) : ClientEffect;

    public sealed record FetchToken : ClientEffect;

    /// <summary>Fetches the next token while the connection goes on, and gives it to the server.</summary>
    public sealed record RenewToken : ClientEffect;

    /// <summary>Fetches the token of a channel.</summary>
    public sealed record FetchChannelToken(string Channel, SubscribeOptions Options) : ClientEffect;

    public sealed record Deliver(ChannelEvent Event) : ClientEffect;

    /// <summary>The server subscribed this session by itself: somebody has to hold what comes.</summary>
    public sealed record Adopt(string Channel) : ClientEffect;

    /// <summary>
    /// From here on the channel's events go to every subscription of it; those that did not get them before join the stream after
    /// <paramref name="Start"/>, and get <paramref name="First"/> on their own.
    /// </summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Start">The last event before; null where the channel keeps no log.</param>
    /// <param name="Head">The log's end as the server last told it.</param>
    /// <param name="AsAsked">The stream begins where the options of the channel's first subscription said.</param>
    /// <param name="First">What a subscription gets that joins a stream under way.</param>
    public sealed record Join(string Channel, Position? Start, Position? Head, bool AsAsked, ImmutableArray<ChannelEvent> First) : ClientEffect;

    public sealed record Ready(string Channel) : ClientEffect;

    /// <summary>A subscription is over; with a fault when it was not the application's wish.</summary>
    public sealed record End(string Channel, Fault? Fault) : ClientEffect;

    public sealed record Roster(string Channel, ImmutableDictionary<string, Member> Members) : ClientEffect;

    public sealed record Answer(Request Request, JsonElement Body) : ClientEffect;

    public sealed record Refuse(Request Request, Fault Fault) : ClientEffect;

    public sealed record Attached(ServerFrame.Welcome Welcome) : ClientEffect;

    public sealed record StateChanged(ClientState State, Fault? Reason, TimeSpan? RetryIn) : ClientEffect;

    public sealed record SessionLost(SessionLostNotice Notice) : ClientEffect;

    public sealed record GoodbyeSaid(GoodbyeNotice Notice) : ClientEffect;

    /// <summary>An error that answers no request.</summary>
    public sealed record Complained(Fault Fault) : ClientEffect;
}

using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client.Protocol;

/// <summary>What a node says to a client (protocol, section 3), already checked for form.</summary>
internal abstract record ServerFrame
{
    private ServerFrame()
    {
    }

    public sealed record Welcome(
        long Id,
        string Session,
        bool Resumed,
        string? User,
        string? Node,
        TimeSpan PingEvery,
        TimeSpan PingTimeout,
        ClientLimits Limits,
        TimeSpan CrashWindow,
        ImmutableArray<Standing> Subscriptions,
        JsonElement? State,
        ImmutableArray<string> Others) : ServerFrame
    {
        /// <summary>What the application's token says of the user.</summary>
        public JsonElement? Info { get; init; }

        /// <summary>How long the token still counts; null: without end, or there is none.</summary>
        public TimeSpan? ExpiresIn { get; init; }
    }

    public sealed record Reply(long Id, JsonElement Body) : ServerFrame;

    public sealed record Error(long? Id, Fault Fault) : ServerFrame;

    public sealed record Message(
        string Channel,
        long? Offset,
        long? Prev,
        JsonElement? Data,
        ReadOnlyMemory<byte>? Bytes,
        DateTimeOffset At,
        Sender? From,
        JsonElement? Tags) : ServerFrame;

    public sealed record Gap(string Channel, Hole Hole) : ServerFrame;

    public sealed record Presence(string Channel, PresenceChange Change, ImmutableArray<Member> Members, long? Revision) : ServerFrame;

    public sealed record Roster(string Channel, PresenceInfo Info) : ServerFrame;

    public sealed record Subscribed(string Channel, Position? Position, Position? Head) : ServerFrame;

    public sealed record Unsubscribed(string Channel, string? Reason) : ServerFrame;

    public sealed record Move(string Url, string? Ticket, TimeSpan After, TimeSpan Within, string? Reason) : ServerFrame;

    public sealed record Ping : ServerFrame;

    public sealed record Goodbye(int Code, string Reason, Comeback? Reconnect) : ServerFrame;

    /// <summary>A frame of a newer server. Ignored, so that servers can be taught new ones first.</summary>
    public sealed record Unknown(string Type) : ServerFrame;
}

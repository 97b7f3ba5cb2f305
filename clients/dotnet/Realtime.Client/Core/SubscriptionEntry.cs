using System.Collections.Immutable;
using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>One channel as this client knows it.</summary>
internal sealed class SubscriptionEntry(string channel, SubscribeOptions options, bool wanted)
{
    public string Channel => channel;

    public SubscribeOptions Options { get; set; } = options;

    /// <summary>Asked for by the application; otherwise made by the server, and never asked for again by this client.</summary>
    public bool Wanted { get; set; } = wanted;

    /// <summary>The last message (or gap) delivered; null before the first standing and where the channel keeps no log.</summary>
    public Position? Position { get; set; }

    /// <summary>The log's end when the server last confirmed the subscription.</summary>
    public Position? Head { get; set; }

    /// <summary>What others see was changed since it was last sent.</summary>
    public bool PresenceChanged { get; set; }

    /// <summary>What others see was changed after the channel was subscribed.</summary>
    public bool PresenceUpdated { get; set; }

    /// <summary>The link on which the server has confirmed it; what comes over any other is an older subscription's.</summary>
    public int Link { get; set; }

    /// <summary>The subscribe request under way; 0 for none.</summary>
    public long Asked { get; set; }

    /// <summary>What the token provider said last; null: it has to be asked.</summary>
    public string? Token { get; set; }

    /// <summary>The token provider is being asked.</summary>
    public bool IsFetching { get; set; }

    /// <summary>The server has refused a token as over; another one that is over is the last.</summary>
    public bool IsTokenRenewed { get; set; }

    public TimeSpan? RetryAt { get; set; }

    public int Refusals { get; set; }

    /// <summary>The reader is behind: messages are not taken, and the position stays.</summary>
    public bool Full { get; set; }

    /// <summary>Messages were not taken since: the stream has to be joined again at the position.</summary>
    public bool Behind { get; set; }

    /// <summary>Messages without an offset were not taken: nobody can replay them.</summary>
    public bool Lost { get; set; }

    /// <summary>The last gap applied: a server may tell the same one in its reply and as a frame.</summary>
    public Hole? LastHole { get; set; }

    public ImmutableDictionary<string, Member> Members { get; set; } = ImmutableDictionary<string, Member>.Empty;

    public long Count { get; set; }

    public long? Revision { get; set; }

    /// <summary>Presence changes were not delivered; the reader gets the whole roster when it has caught up.</summary>
    public bool RosterStale { get; set; }

    /// <summary>The presence request under way that repairs a missed revision; 0 for none.</summary>
    public long RosterAsked { get; set; }

    /// <summary>What has come of a roster that comes in parts; null for none.</summary>
    public PresenceInfo? RosterPart { get; set; }

    /// <summary>What has been answered of a roster that is asked for in parts; null for none.</summary>
    public PresenceInfo? RosterAnswer { get; set; }

    /// <summary>Changes that came while the roster was asked for.</summary>
    public List<ServerFrame.Presence> HeldChanges { get; } = [];
}

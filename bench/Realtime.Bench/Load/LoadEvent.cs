using System.Text.Json.Serialization;

namespace Realtime.Bench.Load;

/// <summary>What a load process answers, one JSON line each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Connected), "connected")]
[JsonDerivedType(typeof(Obeyed), "obeyed")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Published), "published")]
[JsonDerivedType(typeof(Measured), "measured")]
[JsonDerivedType(typeof(Churned), "churned")]
internal abstract record LoadEvent
{
    private LoadEvent()
    {
    }

    internal sealed record Ready : LoadEvent;

    internal sealed record Connected(int Open, int Missing, int Retries, int Resumed, int Recovered, long First, long Last, string? Fault) : LoadEvent;

    internal sealed record Obeyed : LoadEvent;

    /// <summary>All subscribers of this process have received everything up to <paramref name="Message"/>.</summary>
    internal sealed record Done(long Message) : LoadEvent;

    /// <summary>
    /// The publisher is through. <paramref name="Finished"/> is false when deliveries or answers did not come in: then no figure of the run is worth anything.
    /// </summary>
    internal sealed record Published(long Messages, bool Finished, long Acknowledged, Dictionary<int, long> AckTimes, string? Fault) : LoadEvent;

    internal sealed record Measured(long Deliveries, Dictionary<int, long> Latencies, int Lost, int Gaps, int Violations, string? Fault) : LoadEvent;

    /// <summary>Followed sessions: what has happened to them since the last mark, and what has been found wrong since the beginning.</summary>
    internal sealed record Churned : LoadEvent
    {
        public int Sessions { get; init; }

        public int Open { get; init; }

        public long Publishes { get; init; }

        public long Acknowledged { get; init; }

        /// <summary>Publishes that were refused for the moment and sent again.</summary>
        public long Refused { get; init; }

        public long Deliveries { get; init; }

        /// <summary>Sessions that went to another node because they were asked to, and came back after their connection was cut.</summary>
        public int Moved { get; init; }

        public int Returned { get; init; }

        /// <summary>How long after the mark each of these came back.</summary>
        public Dictionary<int, long> Returns { get; init; } = [];

        /// <summary>Why handshakes failed, and how often.</summary>
        public Dictionary<string, int> Noticed { get; init; } = [];

        public long LastMove { get; init; }

        /// <summary>The last moment at which a session came back or a message came more than a second late.</summary>
        public long LastTrouble { get; init; }

        /// <summary>The same of those whose connection was cut.</summary>
        public long LastTroubleOfCut { get; init; }

        /// <summary>When the last channel acknowledged a publish that was sent after the mark.</summary>
        public long AllWritable { get; init; }

        /// <summary>Channels that have acknowledged none yet.</summary>
        public int Unwritable { get; init; }

        /// <summary>For each channel how long after the mark that was.</summary>
        public Dictionary<int, long> FirstAnswers { get; init; } = [];

        /// <summary>From the first sending of a publish to its acknowledgement, of those that were sent after the mark.</summary>
        public Dictionary<int, long> AckTimes { get; init; } = [];

        /// <summary>Milliseconds, as the servers announced it last.</summary>
        public long CrashWindow { get; init; }

        /// <summary>Offsets that a subscriber never saw, without a word of the server.</summary>
        public long LostMessages { get; init; }

        /// <summary>Gaps that were told, and sessions that were not there any more.</summary>
        public int Gaps { get; init; }

        /// <summary>One offset with two contents, one publish at two offsets, answers that cannot be.</summary>
        public long Contradictions { get; init; }

        /// <summary>Publish to delivery, for sessions that were not moved or cut (until they are).</summary>
        public Dictionary<int, long> Still { get; init; } = [];

        /// <summary>For each moved session the longest wait of a message around its change of connection.</summary>
        public Dictionary<int, long> SwitchWaits { get; init; } = [];

        /// <summary>For each moved session the longest wait of a message at all.</summary>
        public Dictionary<int, long> MovedWaits { get; init; } = [];

        public bool Settled { get; init; }

        public string? Fault { get; init; }
    }
}

using Realtime.Messages.Ids;

namespace Realtime.Node.Namespaces;

/// <summary>
/// The namespaces that the server keeps for itself: what it must not lose is a log like any other, with the same owner, fence, hand-off and trimming. Clients may not name their channels; some are
/// subscribed for them by the server.
/// </summary>
public static class ServerLogs
{
    /// <summary>Replies of calls that bring a number, one log per producer: a repeat gets the stored one.</summary>
    public const string Calls = "~calls";

    /// <summary>Publishes that are due at a time.</summary>
    public const string Schedule = "~schedule";

    /// <summary>What sessions and channels report, from which the application's events are made.</summary>
    public const string Outbox = "~outbox";

    /// <summary>How far each of those who take events has come on each outbox.</summary>
    public const string Places = "~places";

    /// <summary>Events that could not be delivered, one log for each of those who were to take them.</summary>
    public const string Dead = "~dead";

    /// <summary>Users and sessions whose tokens do not count any more.</summary>
    public const string Revocations = "~revocations";

    /// <summary>What the application publishes to one session alone.</summary>
    public const string Session = "~session";

    internal static IReadOnlyList<NamespacePolicy> All { get; } =
    [
        Of(Calls, TimeSpan.FromHours(1), count: 4_096),

        // Trimmed when all that was due is over; what remained of that goes with its age, which is beyond any due time.
        Of(Schedule, TimeSpan.FromDays(400), count: 4_000_000, gibibytes: 4),
        Of(Outbox, TimeSpan.FromDays(7), count: 1_000_000),
        Of(Places, age: null, count: 8_192),
        Of(Dead, TimeSpan.FromDays(30), count: 10_000),
        Of(Revocations, TimeSpan.FromDays(30), count: 1_000_000),
        Of(Session, TimeSpan.FromDays(7), count: 10_000),
    ];

    /// <param name="space">One of the constants.</param>
    public static ChannelName Channel(string space, string part) => ChannelName.Parse($"{space}:{part}");

    private static NamespacePolicy Of(string name, TimeSpan? age, int count, int gibibytes = 1) => new(name)
    {
        Durability = Durability.Journal,
        History = new HistoryLimits { Count = count, Bytes = gibibytes * 1024L * 1024 * 1024, Age = age },
        Subscribe = AccessRule.Nobody,
        Publish = AccessRule.Nobody,
        MessageBytes = 1024 * 1024,
    };
}

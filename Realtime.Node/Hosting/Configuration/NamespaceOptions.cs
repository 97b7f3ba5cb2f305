using Realtime.Node.Configuration;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>One namespace, <c>Realtime:Namespaces:NAME</c>.</summary>
public sealed class NamespaceOptions
{
    /// <summary><c>Journal</c>, <c>Memory</c> or <c>None</c>: what an acknowledged publish survives. Default <c>Journal</c>.</summary>
    public Durability Durability { get; set; } = Durability.Journal;

    /// <summary>How much is kept; not for <c>None</c>. Default: see <see cref="HistoryOptions"/>.</summary>
    public HistoryOptions? History { get; set; }

    /// <summary>Whether subscribers see who is here. Default <c>false</c>.</summary>
    public bool Presence { get; set; }

    /// <summary>Members above which clients are told only how many there are, 1 to 100,000. Default 500.</summary>
    public int RosterLimit { get; set; } = 500;

    /// <summary>Largest <c>presence</c> of one session, bytes, 1 to 1MiB and no more than <c>Connections:FrameBytes</c>: everybody who comes in is sent all of them. Default 4KiB.</summary>
    public ByteSize PresenceBytes { get; set; } = 4 * 1024;

    /// <summary>
    /// Who may subscribe: <c>Nobody</c> (but who has a grant), <c>Users</c> (sessions that came with a token) or <c>Anyone</c>. Default <c>Users</c>; <c>Anyone</c> in the environment
    /// <c>Development</c>, but not for <c>@</c>.
    /// </summary>
    public AccessRule? Subscribe { get; set; }

    /// <summary>
    /// Which clients may publish: <c>Nobody</c> (but who has a grant), <c>Users</c>, <c>Anyone</c> or <c>Subscribers</c>. Default <c>Users</c>; <c>Anyone</c> in the environment <c>Development</c>;
    /// <c>Nobody</c> for <c>@</c>.
    /// </summary>
    public AccessRule? Publish { get; set; }

    /// <summary>
    /// Who may see who is present: <c>Nobody</c>, <c>Users</c>, <c>Anyone</c> or <c>Subscribers</c>. Subscribers that may not are told nothing of it. Default none: who may subscribe.
    /// </summary>
    public AccessRule? ReadPresence { get; set; }

    /// <summary>
    /// Who may read what is kept, with <c>history</c> or with a <c>from</c> of <c>subscribe</c> other than a position: <c>Nobody</c>, <c>Users</c>, <c>Anyone</c> or <c>Subscribers</c>. Default none: who may
    /// subscribe.
    /// </summary>
    public AccessRule? ReadHistory { get; set; }

    /// <summary>Largest payload of one message, bytes, 1 to 16MiB and no more than <c>Connections:FrameBytes</c>. Default 64KiB.</summary>
    public ByteSize MessageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// What happens to a reader whose queue is full. <c>Catchup</c>: it reads from the log at its own pace, which needs a log. <c>Latest</c>: only the newest message per
    /// tag <c>key</c> waits for it. <c>Drop</c>: messages are dropped and told with a <c>gap</c>. <c>Close</c>: the connection is closed. Default <c>Catchup</c>; <c>Drop</c> for
    /// <c>None</c>.
    /// </summary>
    public LagPolicy? Lag { get; set; }
}

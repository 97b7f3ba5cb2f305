using System.Collections.Concurrent;
using Akka.Actor;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>
/// Who was present where when the last process before this cluster ended, as the records of the sessions say. A channel that starts within the
/// grace takes its part once: what becomes of its members then, only its roster knows.
/// </summary>
public sealed class RememberedRosters
{
    private readonly ConcurrentDictionary<ChannelName, List<Member>> _members = [];
    private readonly TimeSpan _age;
    private long _until;

    /// <param name="namespaces">Channels of a namespace without presence have no roster.</param>
    /// <param name="age">Since the cluster was founded: so much of the grace is over.</param>
    public RememberedRosters(IEnumerable<PresentSession> sessions, NamespaceTable namespaces, TimeSpan age = default)
    {
        _age = age;
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(namespaces);
        foreach (var session in sessions)
        {
            foreach (var (channel, data) in session.Presence)
            {
                if (namespaces.TryFind(channel, out var space) && space.Presence)
                {
                    _members.GetOrAdd(channel, _ => []).Add(new Member(session.Session, session.User, data));
                }
            }
        }
    }

    private RememberedRosters()
    {
    }

    public static RememberedRosters None => new();

    /// <summary>The channels can start from now on. After the grace nothing is remembered.</summary>
    internal void Open(TimeSpan grace, IScheduler scheduler)
    {
        grace = grace > _age ? grace - _age : TimeSpan.Zero;
        Volatile.Write(ref _until, (scheduler.Now + grace).ToUnixTimeMilliseconds());
        if (!_members.IsEmpty)
        {
            scheduler.Advanced.ScheduleOnce(grace, _members.Clear);
        }
    }

    internal RememberedRoster? Take(ChannelName channel) =>
        _members.TryRemove(channel, out var members) ? new RememberedRoster(members, Volatile.Read(ref _until)) : null;
}

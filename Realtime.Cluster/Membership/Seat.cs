using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership.Core;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Where the present life of the node sits: the one lock around the machine, the clock, and the reports of what changed. Nothing is awaited or
/// called out to under the lock, so that the heartbeat never waits for anybody.
/// </summary>
internal sealed class Seat(TimeProvider time, ListenerPost post, ClusterView nothing, ILogger logger, MemberFigures figures)
{
    private readonly Lock _gate = new();
    private volatile ClusterView _view = nothing;
    private Member? _member;
    private volatile bool _left;
    private Standing _reported = Standing.Out;
    private long _self;
    private long _sureUntil = long.MinValue;
    private bool _regressed;

    public TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>The present life, or the last one.</summary>
    public Incarnation Self => new(Volatile.Read(ref _self));

    public ClusterView View => _view;

    /// <summary>Nobody sits here: not joined yet, dead, or left.</summary>
    public bool IsVacant => Read(static (_, _) => false, vacant: true);

    public bool IsBehind => Read(static (member, _) => member.IsBehind, vacant: false);

    public bool IsRegressed => Read(static (member, _) => member.IsRegressed, vacant: false);

    public bool Commits => Read(static (member, now) => member.Commits(now), vacant: false);

    public bool MayChangeOwners => Read(static (member, now) => !member.IsRegressed && member.MayChangeOwners(now), vacant: false);

    public Standing Standing => Now.Ticks < Volatile.Read(ref _sureUntil)
        ? Standing.Sure
        : Read(static (member, now) => member.StandingAt(now), vacant: Standing.Out);

    public void Joined(Member member, NodeId name)
    {
        lock (_gate)
        {
            _member = member;
            _view = member.View;
            Volatile.Write(ref _self, member.Self.Value);
            var view = member.View;
            post.Tell(listener =>
            {
                MembershipLog.Joined(logger, name, member.Self, view.Nodes.Length, view.ShardCount, view.Version);
                listener.OnJoined(member.Self, view);
            });
            Settle(member, Now);
        }
    }

    /// <summary>This life is over by its own will.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _left = true;
            _member = null;
            Volatile.Write(ref _sureUntil, long.MinValue);
            Report(Standing.Out);
        }
    }

    /// <returns>Null: there is nobody to keep alive. One for whom the store has gone back must be evicted by those for whom it has not: it holds shards that it will never serve.</returns>
    public HeartbeatRequest? NextHeartbeat(int load) => Read((member, _) => member.IsRegressed ? null : member.NextHeartbeat(load), vacant: null);

    public void Answered(HeartbeatRequest request, HeartbeatResult result, TimeSpan sentAt) =>
        Step(request.Self, (member, now) => member.Answered(result, sentAt, now));

    public void Failed(HeartbeatRequest request) => Step(request.Self, static (member, now) => member.Failed(now));

    public void PeerSaid(Incarnation peer, bool commits) => Step(Self, (member, now) => member.PeerSaid(peer, commits, now));

    public void Saw(long version) => Step(Self, (member, _) => member.Saw(version));

    /// <summary>What to ask for, to be given back with the answer.</summary>
    public long ReadSince => Read(static (member, _) => member.ReadSince, vacant: 0);

    public void ViewRead(Incarnation self, ViewDelta delta, long since) => Step(self, (member, _) => Report(member.Read(delta, since)));

    public void Learned(Incarnation self, IReadOnlyList<ShardRow> rows) => Step(self, (member, _) => Report(member.Learned(rows)));

    public IReadOnlyList<Silence> Silent() => Read(static (member, now) => member.Silent(now), vacant: []);

    public void NotSilent(Incarnation self, Incarnation node) => Step(self, (member, _) => member.NotSilent(node));

    /// <summary>Time alone has changed something.</summary>
    public void Look() => Step(Self, static (_, _) => { });

    private T Read<T>(Func<Member, TimeSpan, T> question, T vacant)
    {
        lock (_gate)
        {
            return _member is { } member ? question(member, Now) : vacant;
        }
    }

    /// <param name="self">The life it is meant for: an answer to one that is over must not reach the next.</param>
    private void Step(Incarnation self, Action<Member, TimeSpan> step)
    {
        lock (_gate)
        {
            if (_member is { } member && member.Self == self)
            {
                var now = Now;
                step(member, now);
                Settle(member, now);
            }
        }
    }

    private void Settle(Member member, TimeSpan now)
    {
        _view = member.View;
        Volatile.Write(ref _sureUntil, member.SureUntil.Ticks);
        Report(member.StandingAt(now));
        if (member.IsRegressed && !_regressed)
        {
            _regressed = true;
            var view = member.View;
            post.Tell(_ => MembershipLog.StoreRegressed(logger, view.Version, view.StoreEpoch));
        }

        if (member.IsDead)
        {
            _member = null;
            figures.SelfFences["dead"].Add(1);
            var self = member.Self;
            post.Tell(listener =>
            {
                MembershipLog.DeclaredDead(logger, self);
                listener.OnDead(self);
            });
        }
    }

    private void Report(ViewChange? change)
    {
        if (change is not null)
        {
            post.Tell(listener => listener.OnView(change));
        }
    }

    private void Report(Standing standing)
    {
        if (standing == _reported)
        {
            return;
        }

        _reported = standing;
        if (standing != Standing.Sure && !_left)
        {
            figures.SelfFences[standing is Standing.Frozen ? "frozen" : "out"].Add(1);
        }

        post.Tell(listener =>
        {
            if (standing == Standing.Sure)
            {
                MembershipLog.StandingRegained(logger, standing);
            }
            else if (!_left)
            {
                MembershipLog.StandingLost(logger, standing);
            }

            listener.OnStanding(standing);
        });
    }
}

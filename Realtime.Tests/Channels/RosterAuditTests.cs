using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>A channel asks its members whether they are still there.</summary>
public sealed class RosterAuditTests
{
    private static readonly long Patience = (long)new ChannelPolicy().UnclaimedGrace.TotalMilliseconds;

    private readonly ChannelRig _rig = new(new NamespacePolicy("chat") { Presence = true });

    [Fact]
    public void Members_whose_owner_has_changed_are_asked_for_when_they_have_not_spoken_in_time()
    {
        Announce(1, 2, 3);
        OwnersMove();
        Announce(2);
        _rig.Ask(new ChannelRequest.Withdraw(new SessionId(3)));

        _rig.Machine.ClaimsDue.ShouldBe(_rig.Now + Patience);
        _rig.Now += Patience - 1;
        _rig.Step(ChannelInput.ClaimTick.Instance);
        _rig.Probed.ShouldBeEmpty();
        _rig.Now++;
        _rig.Step(ChannelInput.ClaimTick.Instance);

        _rig.Probed.ShouldBe([new SessionId(1)]);
        _rig.Machine.ClaimsDue.ShouldBeNull();
    }

    [Fact]
    public void Members_whose_owner_has_not_changed_are_not_in_doubt()
    {
        Announce(1);

        _rig.Step(new ChannelInput.OwnersMoved(new OwnersChange(ClusterView.Alone(ChannelRig.Node), new HashSet<ShardId> { new(1) })));

        _rig.Machine.ClaimsDue.ShouldBeNull();
    }

    [Fact]
    public void Many_in_doubt_are_asked_for_a_few_at_a_time_until_all_have_been()
    {
        Announce([.. Enumerable.Range(1, 40)]);
        OwnersMove();
        var lots = new List<int>();
        while (_rig.Machine.ClaimsDue is { } due)
        {
            _rig.Now = due;
            var before = _rig.Probed.Count;
            _rig.Step(ChannelInput.ClaimTick.Instance);
            lots.Add(_rig.Probed.Count - before);
        }

        lots.ShouldBe([RosterAudit.AtOnce, RosterAudit.AtOnce, 40 - (2 * RosterAudit.AtOnce)]);
        _rig.Probed.Distinct().Count().ShouldBe(40);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(40, 3)]
    [InlineData(1800, RosterAudit.Turns)]
    public void Everybody_is_asked_for_in_turn_and_then_again(int members, int ticks)
    {
        Announce([.. Enumerable.Range(1, members)]);
        for (var round = 1; round <= 2; round++)
        {
            for (var tick = 0; tick < ticks; tick++)
            {
                _rig.Step(new ChannelInput.AgeTick());
            }

            _rig.Probed.Count.ShouldBe(members * round);
            _rig.Probed.Distinct().Count().ShouldBe(members);
        }
    }

    [Fact]
    public void Who_has_left_meanwhile_is_not_asked_for()
    {
        Announce([.. Enumerable.Range(1, 20)]);
        _rig.Step(new ChannelInput.AgeTick());
        var waiting = Enumerable.Range(1, 20).Select(id => new SessionId((ulong)id)).Except(_rig.Probed).ToList();
        waiting.ForEach(session => _rig.Ask(new ChannelRequest.Withdraw(session)));
        _rig.Probed.Clear();

        _rig.Step(new ChannelInput.AgeTick());

        _rig.Probed.ShouldBeEmpty();
        waiting.Count.ShouldBe(4);
    }

    private void OwnersMove() =>
        _rig.Step(new ChannelInput.OwnersMoved(new OwnersChange(ClusterView.Alone(ChannelRig.Node), new HashSet<ShardId> { new(0) })));

    private void Announce(params int[] sessions)
    {
        foreach (var session in sessions)
        {
            _rig.Ask(new ChannelRequest.Announce(new SessionId((ulong)session), null, ChannelRig.Text("here")));
        }
    }
}

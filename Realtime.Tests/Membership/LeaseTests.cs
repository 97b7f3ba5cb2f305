using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

/// <summary>With a heartbeat of 3 s: uncertain at 6, no longer sure at 9, evicted from 15.</summary>
public sealed class LeaseTests
{
    private static readonly Incarnation Peer = new(2);
    private static readonly Incarnation Other = new(3);
    private readonly Lease _lease = new(new MembershipTimers(TimeSpan.FromSeconds(3)), Second(0));

    [Fact]
    public void It_is_sure_until_the_self_fence_counted_from_when_the_last_good_heartbeat_was_sent()
    {
        At(8.9).ShouldBe(Standing.Sure);
        _lease.Renewed(Second(3));
        At(11.9).ShouldBe(Standing.Sure);
        At(12).ShouldBe(Standing.Unsure);
        _lease.SureUntil.ShouldBe(Second(12));
    }

    [Fact]
    public void An_answer_that_came_late_does_not_renew_beyond_its_sending()
    {
        _lease.Renewed(Second(6));
        _lease.Renewed(Second(3));
        At(14.9).ShouldBe(Standing.Sure);
        At(15).ShouldBe(Standing.Unsure);
    }

    [Fact]
    public void Owners_are_not_changed_with_an_old_lease()
    {
        _lease.MayChangeOwners(Second(6)).ShouldBeTrue();
        _lease.MayChangeOwners(Second(6.1)).ShouldBeFalse();
    }

    [Fact]
    public void It_says_that_it_commits_only_while_it_does()
    {
        _lease.Commits(Second(4.5)).ShouldBeTrue();
        _lease.Commits(Second(4.6)).ShouldBeFalse();
        _lease.Renewed(Second(5));
        _lease.Failed(Second(6));
        _lease.Commits(Second(6)).ShouldBeFalse();
    }

    [Fact]
    public void A_peer_that_commits_puts_it_out_for_good_until_a_heartbeat_succeeds()
    {
        Unsure();
        _lease.Said(Peer, commits: true, Second(10));
        At(10).ShouldBe(Standing.Out);

        _lease.Said(Peer, commits: false, Second(11));
        At(11).ShouldBe(Standing.Out, "that the other cannot commit any more takes nothing back");

        _lease.Renewed(Second(12));
        At(12.1).ShouldBe(Standing.Sure);
    }

    [Fact]
    public void When_all_peers_that_speak_cannot_commit_it_is_frozen_and_goes_out_when_one_can()
    {
        Unsure();
        _lease.Said(Peer, commits: false, Second(10));
        At(10).ShouldBe(Standing.Frozen);
        _lease.Said(Peer, commits: false, Second(18));
        At(20).ShouldBe(Standing.Frozen);
        _lease.Said(Other, commits: true, Second(21));
        At(21).ShouldBe(Standing.Out);
    }

    [Fact]
    public void A_single_node_is_frozen()
    {
        Unsure();
        _lease.At(Second(9.5), alone: true).ShouldBe(Standing.Frozen);
        _lease.At(Second(99), alone: true).ShouldBe(Standing.Frozen);
    }

    [Fact]
    public void When_nobody_says_anything_it_is_out()
    {
        Unsure();
        At(11.9).ShouldBe(Standing.Unsure);
        At(12).ShouldBe(Standing.Out);
    }

    [Fact]
    public void Words_grow_old()
    {
        Unsure();
        _lease.Said(Peer, commits: false, Second(10));
        At(19).ShouldBe(Standing.Frozen);
        At(19.1).ShouldBe(Standing.Out);
    }

    [Fact]
    public void What_a_peer_said_before_says_nothing_about_now()
    {
        _lease.Said(Peer, commits: true, Second(8));
        Unsure();
        At(10).ShouldBe(Standing.Unsure);
    }

    [Fact]
    public void A_process_that_was_stopped_tries_a_heartbeat_before_it_gives_anything_up()
    {
        At(13).ShouldBe(Standing.Unsure);
        _lease.Said(Peer, commits: true, Second(13));
        At(13.5).ShouldBe(Standing.Unsure, "no heartbeat was tried yet");
        _lease.Failed(Second(13.6));
        At(13.6).ShouldBe(Standing.Out);
    }

    [Fact]
    public void A_heartbeat_that_hangs_counts_as_tried_after_a_while()
    {
        At(9).ShouldBe(Standing.Unsure);
        _lease.Said(Peer, commits: false, Second(11));
        At(11.9).ShouldBe(Standing.Unsure);
        At(12).ShouldBe(Standing.Frozen);
    }

    [Fact]
    public void The_first_node_that_a_store_answers_after_an_outage_does_not_make_the_others_give_up()
    {
        _lease.Failed(Second(10));
        _lease.Renewed(Second(11));
        _lease.Commits(Second(11.1)).ShouldBeFalse("the others are about to be answered as well");
        _lease.Renewed(Second(14));
        _lease.Commits(Second(15.9)).ShouldBeFalse();
        _lease.Commits(Second(16)).ShouldBeTrue();
    }

    [Fact]
    public void A_lost_lease_stays_lost()
    {
        _lease.Lose();
        _lease.Renewed(Second(3));
        At(3).ShouldBe(Standing.Out);
        _lease.SureUntil.ShouldBe(TimeSpan.MinValue);
        _lease.MayChangeOwners(Second(3)).ShouldBeFalse();
        _lease.Commits(Second(3)).ShouldBeFalse();
    }

    private static TimeSpan Second(double second) => TimeSpan.FromSeconds(second);

    private void Unsure()
    {
        At(9).ShouldBe(Standing.Unsure);
        _lease.Failed(Second(9.1));
    }

    private Standing At(double second) => _lease.At(Second(second), alone: false);
}

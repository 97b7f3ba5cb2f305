using Realtime.Cluster.Sharding;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Sharding;

public sealed class ShardRouteTests
{
    private static readonly Incarnation Ann = new(1);
    private static readonly Incarnation Bob = new(2);
    private readonly ShardRoute _route = new(new RouteLimits(Messages: 3));
    private readonly List<RouteEffect> _effects = [];

    [Fact]
    public void However_often_the_shard_moves_every_message_is_handled_once_and_in_order()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var model = new RouteModel(seed, losesLinks: false);
            for (var i = 0; i < 400; i++)
            {
                model.Step();
            }

            model.Finish();
            var refused = model.Refused.ToHashSet();
            model.Handled.SequenceEqual(Tags(model).Where(tag => !refused.Contains(tag))).ShouldBeTrue($"seed {seed}: {string.Join(' ', model.Handled)}");
            model.Answered.Order().SequenceEqual(model.Handled).ShouldBeTrue($"seed {seed}");
            model.IsIdle.ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void When_links_are_lost_every_message_still_has_one_outcome_and_first_handlings_keep_their_order()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var model = new RouteModel(seed, losesLinks: true);
            for (var i = 0; i < 400; i++)
            {
                model.Step();
            }

            model.Finish();
            model.Answered.Concat(model.Refused).Order().SequenceEqual(Tags(model)).ShouldBeTrue($"seed {seed}");
            model.Answered.Except(model.Handled).ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public void A_new_owner_is_sent_nothing_before_the_old_one_has_answered()
    {
        Follow(Ann, 1);
        Add(1);
        Follow(Bob, 2);
        Add(2);
        Sent().ShouldBe([1]);

        _route.Returned(1, 2, _effects);
        Sent().ShouldBe([1, 1, 2]);
    }

    [Fact]
    public void When_the_old_owner_is_gone_what_it_had_goes_to_the_new_one()
    {
        Follow(Ann, 1);
        Add(1);
        _effects.Clear();
        _route.Follow(Bob, 2, here: false, open: true, lost: true, 0, _effects);
        Sent().ShouldBe([1]);
    }

    [Fact]
    public void What_must_not_be_repeated_is_refused_as_unknown_when_its_owner_is_lost()
    {
        Follow(Ann, 1);
        _route.Add(new Routed(1, Address, new ChannelRequest.Publish(new Payload("1"u8.ToArray()), default, null), default, 0), _effects);
        _effects.Clear();
        _route.Reset(Ann, _effects);

        var refused = _effects.ShouldHaveSingleItem().ShouldBeOfType<RouteEffect.Refuse>();
        refused.Reply.Code.ShouldBe(ErrorCode.Unavailable);
        refused.Reply.Outcome.ShouldBe(Outcome.Unknown);
        _route.IsIdle.ShouldBeTrue();
    }

    [Fact]
    public void What_nobody_owns_waits_is_bounded_and_is_refused_in_the_end()
    {
        for (var tag = 1; tag <= 4; tag++)
        {
            Add(tag);
        }

        _effects.ShouldHaveSingleItem().ShouldBeOfType<RouteEffect.Refuse>().Message.Tag.ShouldBe(4);
        _effects.Clear();
        _route.Tick(20_001, _effects);
        _effects.OfType<RouteEffect.Refuse>().Select(refuse => (refuse.Message.Tag, refuse.Reply.Outcome))
            .ShouldBe([(1, Outcome.None), (2, Outcome.None), (3, Outcome.None)]);
    }

    [Fact]
    public void An_owner_that_says_it_moved_is_not_asked_again_at_that_epoch()
    {
        Follow(Ann, 1);
        Add(1);
        _effects.Clear();
        _route.Returned(1, 2, _effects);
        _effects.ShouldBe([RouteEffect.Refresh.Instance]);
        Add(2);
        Sent().ShouldBeEmpty();
        Follow(Ann, 2);
        Sent().ShouldBe([1, 2]);
    }

    [Fact]
    public void A_message_the_link_did_not_take_holds_back_those_behind_it()
    {
        Follow(Ann, 1);
        Add(1);
        _route.NotTaken(((RouteEffect.Send)_effects[^1]).Message);
        _effects.Clear();
        Add(2);
        Sent().ShouldBeEmpty();
        Follow(Ann, 1);
        Sent().ShouldBe([1, 2]);
    }

    private static EntityAddress Address => new(EntityKind.Channel, "c");

    private static IEnumerable<long> Tags(RouteModel model) => Enumerable.Range(1, (int)model.Sent).Select(tag => (long)tag);

    private void Follow(Incarnation owner, long epoch) => _route.Follow(owner, epoch, here: false, open: true, lost: false, 0, _effects);

    private void Add(long tag) =>
        _route.Add(new Routed(tag, Address, new ChannelRequest.WhoIsHere(), default, 0), _effects);

    private IEnumerable<long> Sent() => _effects.OfType<RouteEffect.Send>().Select(send => send.Message.Tag);
}

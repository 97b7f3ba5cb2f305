using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Channels;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What operators ask of regions and entities, with regions that a test plays.</summary>
[Collection(ActorSystems.Name)]
public sealed class EntityQuestionTests : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private readonly EntityQuestions _questions;

    public EntityQuestionTests()
        : base(TestHocon.Quiet)
    {
        var registry = ActorRegistry.For(Sys);
        registry.Register<SessionRegion>(TestActor);
        registry.Register<ChannelRegion>(TestActor);
        var node = new OperatedNode(new NodeId("a"), registry, null!);
        _questions = new EntityQuestions(() => node, TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entity_that_is_stopping_is_asked_again_until_its_successor_answers()
    {
        var asking = _questions.AskAsync(new SessionRequest.Inspect(default, EntityQuestions.Tag), EntityQuestions.Patience, Cancellation);
        for (var i = 0; i < 2; i++)
        {
            var again = await ExpectMsgAsync<SessionRequest.Inspect>(cancellationToken: Cancellation);
            LastSender.Tell(new SessionReply.Retry(again.Tag));
        }

        await ExpectMsgAsync<SessionRequest.Inspect>(cancellationToken: Cancellation);
        LastSender.Tell(new SessionReply.Unknown(EntityQuestions.Tag));
        (await asking.Within("the answer")).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public async Task An_entity_that_does_not_answer_is_given_up_and_so_is_one_that_only_puts_off()
    {
        (await _questions.AskAsync(new SessionRequest.Inspect(default, EntityQuestions.Tag), Short, Cancellation)).ShouldBeNull();
        await ExpectMsgAsync<SessionRequest.Inspect>(cancellationToken: Cancellation);

        var asking = _questions.AskAsync(new SessionRequest.Inspect(default, EntityQuestions.Tag), Short, Cancellation);
        while (!asking.IsCompleted)
        {
            if (await ReceiveOneAsync(TimeSpan.FromMilliseconds(20), Cancellation) is not null)
            {
                LastSender.Tell(new SessionReply.Retry(EntityQuestions.Tag));
            }
        }

        (await asking).ShouldBeNull();
    }

    [Theory]
    [InlineData(ErrorCode.NotFound, Outcome.None, HttpStatusCode.NotFound)]
    [InlineData(ErrorCode.TooLarge, Outcome.None, HttpStatusCode.BadRequest)]
    [InlineData(ErrorCode.StorageFull, Outcome.None, HttpStatusCode.ServiceUnavailable)]
    [InlineData(ErrorCode.Unavailable, Outcome.Unknown, HttpStatusCode.GatewayTimeout)]
    public void A_refusal_becomes_the_status_that_says_whether_it_may_have_been_done(ErrorCode code, Outcome outcome, HttpStatusCode status)
    {
        EntityQuestions.NoAnswer("X", new ChannelReply.Refused(1, code, "why", null, outcome), mayBeDone: true).ShouldSatisfyAllConditions(
            reply => reply.Status.ShouldBe((int)status), reply => reply.Detail.ShouldBe("X: why"));
        EntityQuestions.NoAnswer("X", new SessionReply.Refused(1, code, "why", null, outcome)).Status.ShouldBe((int)status);
    }

    [Fact]
    public void Silence_is_unavailable_for_a_question_and_a_timeout_for_an_action()
    {
        EntityQuestions.NoAnswer("X", (SessionReply?)null).Status.ShouldBe(503);
        EntityQuestions.NoAnswer("X", (SessionReply?)null, mayBeDone: true).Status.ShouldBe(504);
        EntityQuestions.NoAnswer("X", new SessionReply.Kept(1)).Status.ShouldBe(500);
    }

    [Fact]
    public async Task A_shard_that_is_busy_makes_the_total_unknown_and_not_smaller()
    {
        var counting = Residents.CountAsync(TestActor, Cancellation);
        await ExpectMsgAsync<GetShardRegionStats>(cancellationToken: Cancellation);
        LastSender.Tell(new ShardRegionStats(
            ImmutableDictionary<string, int>.Empty.Add("3", 5).Add("4", 2), ImmutableHashSet<string>.Empty.Add("9")));
        var counts = (await counting.Within("the counts")).ShouldNotBeNull();

        counts.Total.ShouldBeNull();
        counts.Of("3").ShouldBe(5);
        counts.Of("9").ShouldBeNull();
        counts.Of("200").ShouldBe(0, "a shard without entities has not been started");

        counting = Residents.CountAsync(TestActor, Cancellation);
        await ExpectMsgAsync<GetShardRegionStats>(cancellationToken: Cancellation);
        LastSender.Tell(new ShardRegionStats(ImmutableDictionary<string, int>.Empty.Add("3", 5).Add("4", 2), ImmutableHashSet<string>.Empty));
        (await counting.Within("the counts"))!.Total.ShouldBe(7);
    }

    [Fact]
    public async Task A_list_without_a_busy_shard_says_that_it_is_not_whole()
    {
        var listing = Residents.ListAsync(TestActor, Cancellation);
        await ExpectMsgAsync<GetShardRegionState>(cancellationToken: Cancellation);
        LastSender.Tell(new CurrentShardRegionState(
            [new ShardState("3", ImmutableHashSet<string>.Empty.Add("x").Add("y"))], ImmutableHashSet<string>.Empty.Add("9")));

        var (ids, isWhole) = await listing.Within("the list");
        ids.Order().ShouldBe(["x", "y"]);
        isWhole.ShouldBeFalse();
    }

    [Fact]
    public async Task An_entity_that_did_not_answer_is_missed_and_one_that_is_not_wanted_is_not()
    {
        var walk = new ResidentWalk(TimeProvider.System);
        var (page, next) = await walk.ReadAsync<string>(["c", "a", "b"], null, 10, id => Task.FromResult((true, id == "b" ? null : id)));
        page.ShouldBe(["a", "c"]);
        next.ShouldBeNull();
        walk.HasMissed.ShouldBeFalse();

        (page, _) = await walk.ReadAsync<string>(["c", "a", "b"], "a", 10, id => Task.FromResult((id != "b", id == "b" ? null : id)));
        page.ShouldBe(["c"]);
        walk.HasMissed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_region_that_does_not_answer_is_not_taken_for_an_empty_one()
    {
        var counting = Residents.CountAsync(TestActor, Cancellation);
        var listing = Residents.ListAsync(TestActor, Cancellation);

        (await counting.Within("the counts to be given up")).ShouldBeNull();
        (await listing.Within("the list to be given up")).IsWhole.ShouldBeFalse();
    }
}

using Microsoft.Extensions.DependencyInjection;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Application;
using Realtime.Node.Events;
using Realtime.Node.Telemetry;

namespace Realtime.Tests.Application;

/// <summary>What becomes of an event that a handler of the application is told of.</summary>
[Collection(ActorSystems.Name)]
public sealed class EventHandlerTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    [Fact]
    public async Task A_handler_that_returns_has_taken_the_event_and_knows_all_of_it()
    {
        var told = new List<object>();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnSessionClosed((SessionContext session) => told.Add(session))
            .OnMemberChanged("chat:*", (MemberContext member) =>
            {
                told.Add(member with { Data = null });
                return "of no interest";
            })
            .OnChannelVacated("*", async (ChannelContext channel, IServiceProvider services, CancellationToken cancellation) =>
            {
                await Task.Yield();
                services.ShouldNotBeNull();
                cancellation.ThrowIfCancellationRequested();
                told.Add(channel);
            }));

        (await DeliverAsync(node, Of(EventKind.SessionClosed) with { Channel = null, Reason = "bye" })).ShouldBe(EventOutcome.Done);
        (await DeliverAsync(node, Of(EventKind.MemberChanged) with { Data = new Payload("1"u8.ToArray()) })).ShouldBe(EventOutcome.Done);
        (await DeliverAsync(node, Of(EventKind.ChannelVacated) with { Session = default, User = null })).ShouldBe(EventOutcome.Done);

        var at = DateTimeOffset.FromUnixTimeMilliseconds(7);
        var session = new SessionId(5).ToString();
        told.ShouldBe(
        [
            new SessionContext(EventKind.SessionClosed, "3-1-9", at, session, "ann", "bye"),
            new MemberContext(EventKind.MemberChanged, "3-1-9", at, "chat:room", session, "ann", null, null),
            new ChannelContext(EventKind.ChannelVacated, "3-1-9", at, "chat:room"),
        ]);
    }

    [Fact]
    public async Task A_handler_that_throws_is_told_again_and_one_that_refuses_is_not()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnMemberJoined("chat:room", void () => throw new InvalidOperationException("password 1234"))
            .OnMemberLeft("chat:room", void () => throw new RefusedException("not one of ours"))
            .OnMemberChanged("chat:room", (int number) => number));

        var failed = (await DeliverAsync(node, Of(EventKind.MemberJoined))).ShouldBeOfType<EventOutcome.Failed>();
        failed.Why.ShouldNotContain("1234");
        await node.Log.LineAsync(LogEvents.HandlerFailed);
        (await DeliverAsync(node, Of(EventKind.MemberLeft))).ShouldBe(new EventOutcome.Refused("not one of ours"));
        (await DeliverAsync(node, Of(EventKind.MemberChanged) with { Data = new Payload("\"text\""u8.ToArray()) })).ShouldBeOfType<EventOutcome.Refused>("trying again would not change the data");
        (await DeliverAsync(node, Of(EventKind.MemberChanged) with { Data = new Payload(new byte[] { 1 }, IsBinary: true) })).ShouldBeOfType<EventOutcome.Refused>();
        (await DeliverAsync(node, Of(EventKind.MemberChanged) with { Data = new Payload("5"u8.ToArray()) })).ShouldBe(EventOutcome.Done);
    }

    [Fact]
    public async Task A_handler_that_hangs_or_has_too_much_to_do_is_told_again_and_one_that_is_given_up_is_cancelled()
    {
        var isRunning = new TaskCompletionSource();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnMemberJoined("chat:room", () => new TaskCompletionSource().Task, new HandlerLimits { Timeout = TimeSpan.FromMilliseconds(20) })
            .OnMemberLeft(
                "chat:room",
                async (CancellationToken cancellation) =>
                {
                    isRunning.TrySetResult();
                    await new TaskCompletionSource().Task.WaitAsync(cancellation);
                },
                new HandlerLimits { Concurrency = 1, Queue = 0, Timeout = TimeSpan.FromMinutes(1) }));

        (await DeliverAsync(node, Of(EventKind.MemberJoined))).ShouldBeOfType<EventOutcome.Failed>();
        await node.Log.LineAsync(LogEvents.HandlerTooSlow);
        using var given = new CancellationTokenSource();
        var running = Target(node).DeliverAsync(Of(EventKind.MemberLeft), given.Token);
        await isRunning.Task;
        (await DeliverAsync(node, Of(EventKind.MemberLeft))).ShouldBeOfType<EventOutcome.Failed>().After.ShouldNotBeNull();
        await given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task Of_several_patterns_the_first_counts_and_entities_are_asked_for_what_a_handler_wants_alone()
    {
        var told = new List<string>();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnChannelOccupied("chat:room", () => told.Add("room"))
            .OnChannelOccupied("chat:*", () => told.Add("any"))
            .AddHandler<Table>());
        var interest = node.Services.GetServices<IEventInterest>().ShouldHaveSingleItem();

        await DeliverAsync(node, Of(EventKind.ChannelOccupied));
        await DeliverAsync(node, Of(EventKind.ChannelOccupied) with { Channel = ChannelName.Parse("chat:other") });

        told.ShouldBe(["room", "any"]);
        (interest.WantsSessions, interest.WantsOccupancy(Room), interest.WantsMembers(Room)).ShouldBe((false, true, false));
        (interest.WantsOccupancy(ChannelName.Parse("game:1")), interest.WantsMembers(ChannelName.Parse("table:1"))).ShouldBe((false, true));
        Target(node).Wants(Of(EventKind.ChannelVacated)).ShouldBeFalse();
        Target(node).Wants(Of(EventKind.MemberLeft) with { Channel = ChannelName.Parse("table:1") }).ShouldBeTrue();
        EventInterest.Of(interest).WantsOccupancy(ChannelName.Parse("~outbox:1")).ShouldBeFalse("a report is written there");
    }

    [Fact]
    public async Task A_handler_that_cannot_be_bound_stops_the_start_and_names_the_parameter()
    {
        var fault = await Should.ThrowAsync<ArgumentException>(ApplicationNode.StartAsync(realtime => realtime.OnSessionOpened((string what) => what)));

        fault.Message.ShouldContain("what");
    }

    private static IEventTarget Target(ApplicationNode node) => node.Services.GetServices<IEventTarget>().ShouldHaveSingleItem();

    private static Task<EventOutcome> DeliverAsync(ApplicationNode node, ApplicationEvent happened) => Target(node).DeliverAsync(happened, TestContext.Current.CancellationToken);

    private static ApplicationEvent Of(EventKind kind) => new("3-1-9", kind, 7, Room, new SessionId(5), new UserId("ann"));

    public sealed class Table
    {
        [OnMemberLeft("table:*")]
        public void Rise(MemberContext member) => _ = (this, member);
    }
}

using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Channels;
using Realtime.Node.Events;
using Realtime.Node.Sessions;
using Realtime.Tests.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>What the application learns of sessions and channels whose owners move or are lost: each event once, and none that is none.</summary>
[Collection(ActorSystems.Name)]
public sealed class EventMoveTests : IAsyncLifetime
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly SessionId Stranger = new(4711);

    private readonly MoveStage _stage = new()
    {
        Interest = new EverythingWanted(),
        RenewEvery = TimeSpan.FromMilliseconds(300),

        // No session is written before it ends: what is lost with its node is lost.
        Sessions = new SessionPolicy { Grace = TimeSpan.FromSeconds(1), LostAfter = TimeSpan.FromSeconds(2), WriteBehind = TimeSpan.FromHours(1) },
        Channels = new ChannelPolicy { UnclaimedGrace = TimeSpan.FromSeconds(3), VacateAfter = TimeSpan.FromMilliseconds(200) },
    };

    private MoveNode _first = null!;
    private MoveNode _second = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await _stage.StartAsync("one");
        _second = await _stage.StartAsync("two");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task Owners_that_move_make_no_event_and_go_on_reporting()
    {
        await JoinAsync(_first);
        await JoinAsync(_second);
        await UntilAsync("ChannelOccupied 1", "MemberJoined 2", "SessionOpened 2");

        await MoveAllAsync();
        await SettleAsync();
        var third = await JoinAsync(_second);
        await UntilAsync("ChannelOccupied 1", "MemberJoined 3", "SessionOpened 3");
        third.Send("""{"type":"bye","id":50}""");

        await UntilAsync("ChannelOccupied 1", "MemberJoined 3", "MemberLeft 1", "SessionClosed 1", "SessionOpened 3");
    }

    [Fact]
    public async Task An_owner_that_is_lost_takes_its_own_clients_with_it_and_nobody_else()
    {
        await MoveAllAsync();
        await JoinAsync(_first);
        await JoinAsync(_second);
        await UntilAsync("ChannelOccupied 1", "MemberJoined 2", "SessionOpened 2");

        await _second.KillAsync(_first);
        await AskAsync();

        await UntilAsync("ChannelOccupied 1", "MemberJoined 2", "MemberLeft 1", "SessionClosed 1", "SessionOpened 2");
        (await EventsAsync()).Single(happened => happened.Kind is EventKind.SessionClosed).Reason.ShouldBe("lost");
    }

    [Fact]
    public async Task A_channel_whose_owner_and_subscribers_are_lost_is_vacated_when_the_new_owner_is_asked()
    {
        await MoveAllAsync();
        await JoinAsync(_second);
        await UntilAsync("ChannelOccupied 1", "MemberJoined 1", "SessionOpened 1");

        await _second.KillAsync(_first);
        await AskAsync();

        await UntilAsync("ChannelOccupied 1", "ChannelVacated 1", "MemberJoined 1", "MemberLeft 1", "SessionClosed 1", "SessionOpened 1");
    }

    private static async Task<MoveClient> JoinAsync(MoveNode node)
    {
        var client = await MoveClient.ConnectAsync(node);
        await client.AskAsync("subscribe", "\"channel\":\"chat:room\",\"presence\":1");
        return client;
    }

    private async Task MoveAllAsync()
    {
        _stage.ChannelShards.MoveAll(_second.Address);
        _stage.SessionShards.MoveAll(_second.Address);
        await Soon.IsTrueAsync(
            async () =>
            {
                await ReportAsync(_first.ChannelRegion, new ChannelRequest.Report(Room, 1, []));
                return _second.Hosted.TryFind(Room, out _);
            },
            "the channel to move");
    }

    /// <summary>The owner has had the time that those have to come back who were there before it.</summary>
    private async Task SettleAsync()
    {
        await ReportAsync(_first.ChannelRegion, new ChannelRequest.Report(Room, 1, [Stranger]));
        var before = (await Outboxes.ReadAsync(_first.ChannelRegion)).Reports;
        await Soon.IsTrueAsync(async () => (await Outboxes.ReadAsync(_first.ChannelRegion)).Reports > before, "it to say that the stranger is not there");
    }

    /// <summary>As who delivers events does when a node is gone.</summary>
    private async Task AskAsync()
    {
        foreach (var fold in (await Outboxes.ReadAsync(_first.ChannelRegion)).Folds)
        {
            foreach (var session in fold.Open)
            {
                await ReportAsync(_first.SessionRegion, new SessionRequest.Report(session, 1));
            }

            foreach (var channel in fold.Occupied.Union(fold.WithMembers))
            {
                await ReportAsync(_first.ChannelRegion, new ChannelRequest.Report(channel, 1, [.. fold.MembersOf(channel)]));
            }
        }
    }

    private static Task ReportAsync(IActorRef region, object request) => Soon.IsTrueAsync(
        async () =>
        {
            try
            {
                return await region.Ask<object>(request, TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken) is SessionReply.Done or ChannelReply.Noted;
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        },
        "the request to be taken over");

    private Task<List<ApplicationEvent>> EventsAsync() => Outboxes.EventsAsync(_first.ChannelRegion);

    private async Task UntilAsync(params string[] counts)
    {
        var last = "";
        try
        {
            await Soon.IsTrueAsync(
                async () =>
                {
                    var events = await EventsAsync();
                    last = string.Join(", ", events.GroupBy(happened => $"{happened.Kind}").OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}"));
                    return last == string.Join(", ", counts);
                },
                string.Join(", ", counts));
        }
        catch (Exception fault) when (last.Length > 0)
        {
            throw new InvalidOperationException($"there were: {last}", fault);
        }
    }
}

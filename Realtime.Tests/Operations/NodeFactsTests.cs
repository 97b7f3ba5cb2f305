using Realtime.Messages.Operators;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What a node says of its journals, its dead letters and its end.</summary>
[Collection(ActorSystems.Name)]
public sealed class NodeFactsTests
{
    [Fact]
    public async Task A_store_in_trouble_is_in_every_answer_and_in_the_events_until_it_is_well()
    {
        await using var lone = await StartAsync();
        var journal = lone.Journals.Sessions;
        journal.Failed(new TimeoutException("no answer within 5 s."), writing: true);

        var status = await lone.Node.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
        const string Trouble = "The store is not well (sessions): it does not answer: no answer within 5 s.";
        status.Standing.ShouldBe("frozen");
        status.Store.ShouldBe(new StoreStatus("memory", false, false, "sessions: it does not answer: no answer within 5 s"));
        var live = status.Nodes.ShouldHaveSingleItem().Live.ShouldNotBeNull();
        live.Obstacles.ShouldBe([Trouble]);
        live.Standing.ShouldBe("frozen");
        live.Journals.Select(seen => (seen.Name, seen.FailingSince is null, seen.LastFailure?.Kind, seen.LastFailure?.Text)).ShouldBe(
            [("channels", true, null, null), ("sessions", false, "out-of-reach", "no answer within 5 s")]);
        await OperatedApp.UntilAsync("the trouble to be an event", async () => (await WhatAsync(lone)).SequenceEqual(["started", "store-trouble"]));

        journal.Wrote(0);
        await OperatedApp.UntilAsync("its end to be an event", async () => (await WhatAsync(lone)).SequenceEqual(["started", "store-trouble", "store-well"]));
        status = await lone.Node.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
        status.Standing.ShouldBe("sure");
        status.Store.Well.ShouldBeTrue();
        status.Nodes[0].Live!.Journals[1].ShouldSatisfyAllConditions(seen => seen.FailingSince.ShouldBeNull(), seen => seen.LastFailure.ShouldNotBeNull("what was wrong stays to be read"));
    }

    [Fact]
    public async Task What_waits_for_a_journal_is_told_journal_by_journal()
    {
        await using var lone = await StartAsync();
        using (lone.Journals.Channels.Gate.TryEnter(4096).ShouldNotBeNull())
        {
            lone.Journals.Sessions.RecoveryBegins();
            var journals = (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!.Journals;
            journals[0].ShouldSatisfyAllConditions(
                seen => seen.QueuedBytes.ShouldBe(4096), seen => seen.QueuedWrites.ShouldBe(1), seen => seen.Recoveries.ShouldBe(0), seen => seen.Breaker.ShouldBe("closed"));
            journals[1].ShouldSatisfyAllConditions(
                seen => seen.QueuedBytes.ShouldBe(0), seen => seen.QueuedWrites.ShouldBe(0), seen => seen.Recoveries.ShouldBe(1), seen => seen.Breaker.ShouldBe("closed"));

            // The journal looks at its breaker four times a second and says what it sees.
            await OperatedApp.UntilAsync("the breaker's state to be told before the journal looks again", async () =>
            {
                lone.Journals.Sessions.Breaker(Realtime.Node.Persistence.Journal.BreakerState.HalfOpen);
                return (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!.Journals[1].Breaker == "half-open";
            });
        }
    }

    [Fact]
    public async Task Messages_that_reach_nobody_are_counted_and_the_latest_is_named()
    {
        await using var lone = await StartAsync();
        var gone = new Uri("http://localhost");
        var before = (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!.DeadLetters.Count;

        lone.System.DeadLetters.Tell(gone, Akka.Actor.ActorRefs.NoSender);

        await OperatedApp.UntilAsync("the message to be counted", async () =>
            (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!.DeadLetters is { Last: nameof(Uri) } letters && letters.Count > before);
    }

    [Fact]
    public async Task A_node_that_is_told_to_leave_says_goodbye_and_stops_its_host()
    {
        await using var lone = await StartAsync();
        await using var client = await RawClient.HelloAsync(lone.Node.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:bye"}""");

        (await lone.Node.ActAsync("nodes/a/leave")).ShouldSatisfyAllConditions(
            answer => answer.Done.ShouldBeFalse(), answer => answer.Text.ShouldBe("a says goodbye to its clients, and then its process ends."));

        await client.ClosedAsync();
        client.CloseReason.ShouldBe("restart");
        await OperatedApp.UntilAsync("the host to be asked to stop", () => Task.FromResult(lone.Node.Stopping.IsCancellationRequested));
    }

    [Fact]
    public async Task A_node_that_is_stopping_says_so()
    {
        await using var lone = await StartAsync();
        lone.Readiness.MoveTo(Realtime.Node.Operations.NodePhase.Draining);

        (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).ShouldSatisfyAllConditions(
            node => node.Status.ShouldBe("draining"), node => node.Live!.Phase.ShouldBe("draining"), node => node.Live!.Obstacles.ShouldBe(["The node is stopping."]));
        (await lone.Node.ActAsync("nodes/a/leave")).Text.ShouldBe("a is stopping already.");
        lone.Node.Stopping.IsCancellationRequested.ShouldBeFalse("it was not told a second time");
        (await WhatAsync(lone)).ShouldBe(["started", "stopping", "action"]);
    }

    [Fact]
    public async Task A_node_that_is_no_member_of_its_cluster_is_out()
    {
        await using var lone = await StartAsync();
        lone.System.Stop(lone.StandingWatch);

        await OperatedApp.UntilAsync("the node to be out", async () =>
            (await lone.Node.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Standing: "out", Nodes: [{ Live: { Standing: "out", Obstacles.Count: 1 } }] });
    }

    [Fact]
    public async Task A_store_in_memory_keeps_nothing_and_one_in_a_file_does()
    {
        using var directory = new Hosting.TemporaryDirectory();
        await using var memory = new SqliteEventStore(new SqliteEventStoreOptions(Path: null));
        await using var file = new SqliteEventStore(new SqliteEventStoreOptions(Path.Combine(directory.Path, "a.db")));

        memory.IsDurable.ShouldBeFalse();
        file.IsDurable.ShouldBeTrue();
    }

    private static async Task<LoneNode> StartAsync()
    {
        var lone = new LoneNode();
        await lone.InitializeAsync();
        return lone;
    }

    private static async Task<IEnumerable<string>> WhatAsync(LoneNode lone) =>
        (await lone.Node.GetAsync("events?after=0", OperatorJson.Default.EventPage)).Events.Select(happened => happened.What);
}

using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Cluster;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster;

/// <summary>A node that nobody joins, as a program starts it.</summary>
[Collection(ActorSystems.Name)]
public sealed class ClusterOfOneTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _ends = new();
    private readonly DeadLetterCounts _deadLetters = new();
    private readonly ClusterStanding _standing = new();
    private IHost _host = null!;
    private IActorRef _region = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("realtime", akka => akka
            .WithRealtimeCluster(ActorSystemSettings.Alone, _deadLetters, NullLoggerFactory.Instance)
            .AddStartup(async (system, registry) => registry.Register<Echo>(await EntityRegion.StartAsync<Say>(
                system, "echo", id => Props.Create(() => new Echo(id, _ends)), say => say.To, EntityRegion.LeastShards(system), Finish.Instance)))
            .WithMembership(
                null, _standing, registry => new Dictionary<string, IActorRef> { ["echo"] = registry.Get<Echo>() }, TimeProvider.System, NullLoggerFactory.Instance));
        _host = builder.Build();
        await _host.StartAsync().Within("the node to be up");
        _region = _host.Services.GetRequiredService<ActorRegistry>().Get<Echo>();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().Within("the host to stop");
        _host.Dispose();
    }

    [Fact]
    public async Task An_entity_answers_as_soon_as_the_host_has_started()
    {
        (await _region.Ask<string>(new Say("a", "hello"), TimeSpan.FromSeconds(30))).ShouldBe("a: hello");
        (await _region.Ask<string>(new Say("b", "hello"), TimeSpan.FromSeconds(30))).ShouldBe("b: hello");
    }

    [Fact]
    public async Task An_entity_that_throws_begins_anew_and_not_with_half_a_state_behind_the_same_reference()
    {
        var before = await _region.Ask<IActorRef>(new Say("a", "who"), TimeSpan.FromSeconds(30));
        var watcher = new TaskCompletionSource();
        System.ActorOf(Props.Create(() => new Watcher(before, watcher)));

        _region.Tell(new Say("a", "throw"));
        await watcher.Task.Within("the entity that threw to stop");

        // A message may still reach the actor that has just ended: who asks an entity asks again.
        IActorRef? after = null;
        for (var tries = 0; after is null && tries < 30; tries++)
        {
            after = await AskOrNothingAsync(new Say("a", "who")).Within("the entity to answer again");
        }

        after.ShouldNotBeNull().ShouldNotBe(before);
    }

    [Fact]
    public async Task At_the_stop_entities_receive_the_hand_off_s_message_and_end_by_themselves()
    {
        await _region.Ask<string>(new Say("a", "hello"), TimeSpan.FromSeconds(30));
        await _region.Ask<string>(new Say("b", "hello"), TimeSpan.FromSeconds(30));

        await _host.StopAsync().Within("the host to stop");

        _ends.Order().ShouldBe(["a finished", "b finished"]);
    }

    [Fact]
    public async Task Messages_that_reach_no_actor_are_counted_by_type()
    {
        var gone = System.ActorOf(Props.Create(() => new Watcher(ActorRefs.Nobody, new TaskCompletionSource())));
        await gone.GracefulStop(TimeSpan.FromSeconds(30));

        gone.Tell(new Say("a", "lost"));

        await Soon.IsTrueAsync(() => _deadLetters.ByType.GetValueOrDefault(nameof(Say)) == 1, "the lost message to be counted");
    }

    [Fact]
    public void Actors_listen_on_loopback_alone()
    {
        Akka.Cluster.Cluster.Get(System).SelfAddress.Host.ShouldBe("127.0.0.1");
    }

    private async Task<IActorRef?> AskOrNothingAsync(Say say)
    {
        try
        {
            return await _region.Ask<IActorRef>(say, TimeSpan.FromSeconds(1));
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    private sealed record Say(string To, string Words);

    private sealed record Finish
    {
        public static Finish Instance { get; } = new();
    }

    private sealed class Echo(string id, ConcurrentQueue<string> ends) : EntityActor
    {
        private bool _finished;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Say { Words: "who" }:
                    Sender.Tell(Self);
                    break;
                case Say { Words: "throw" }:
                    throw new InvalidOperationException("as the test wants it");
                case Say say:
                    Sender.Tell($"{id}: {say.Words}");
                    break;
                case Finish:
                    _finished = true;
                    Context.Stop(Self);
                    break;
            }
        }

        protected override void PostStop() => ends.Enqueue($"{id} {(_finished ? "finished" : "cut")}");
    }

    private sealed class Watcher(IActorRef watched, TaskCompletionSource done) : UntypedActor
    {
        protected override void PreStart()
        {
            if (!watched.IsNobody())
            {
                Context.Watch(watched);
            }
        }

        protected override void OnReceive(object message)
        {
            if (message is Terminated)
            {
                done.TrySetResult();
            }
        }
    }
}

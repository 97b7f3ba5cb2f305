using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Node.Cluster;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Realtime.Tests.Cluster;

/// <summary>Akka's log lines as the application's loggers get them.</summary>
[Collection(ActorSystems.Name)]
public sealed class ActorLoggerTests : IAsyncLifetime
{
    private readonly CollectedLog _log = new();
    private IHost _host = null!;

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("logging", akka => akka.WithRealtimeCluster(ActorSystemSettings.Alone, new DeadLetterCounts(), _log));
        _host = builder.Build();
        await _host.StartAsync().Within("the actor system to start");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().Within("the actor system to stop");
        _host.Dispose();
    }

    [Fact]
    public async Task An_actor_that_fails_is_one_line_with_its_path_and_what_it_threw()
    {
        System.ActorOf(Props.Create<Talker>(), "talker").Tell(new InvalidOperationException("thrown in the test"));

        var line = await _log.LineAsync(LogEvents.ActorFailed);

        (line.Level, line.Values["Actor"], line.Exception!.Message).ShouldBe((LogLevel.Error, "/user/talker", "thrown in the test"));
        _log.Lines.Where(other => other.Exception is not null).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_line_is_its_text_under_the_class_that_wrote_it_and_no_value_can_forge_a_hole_or_another_line()
    {
        System.ActorOf(Props.Create<Talker>(), "talker").Tell("a {hole} and\r\na line");

        await Soon.IsTrueAsync(() => _log.Lines.Any(other => other.Text.StartsWith("Heard", StringComparison.Ordinal)), "the line");
        var line = _log.Lines.Where(other => other.Text.StartsWith("Heard", StringComparison.Ordinal)).ShouldHaveSingleItem();

        line.ShouldSatisfyAllConditions(
            heard => heard.Text.ShouldBe("Heard a {hole} and a line for 1 time"),
            heard => heard.Values["{OriginalFormat}"].ShouldBe("Heard a {{hole}} and a line for 1 time"),
            heard => heard.Category.ShouldBe(typeof(Talker).FullName!.Replace('+', '.')),
            heard => heard.Level.ShouldBe(LogLevel.Warning),
            heard => heard.Values.Keys.ShouldBe(["Actor", "{OriginalFormat}"], ignoreOrder: true),
            heard => heard.Values["Actor"].ShouldBe("/user/talker"));
    }

    [Fact]
    public async Task A_late_heartbeat_that_no_other_node_waits_for_is_no_warning()
    {
        var sender = typeof(Akka.Cluster.Cluster).Assembly.GetType("Akka.Cluster.ClusterHeartbeatSender", throwOnError: true)!;
        System.EventStream.Publish(new Warning("/system/cluster/core/daemon/heartbeatSender", sender, "Scheduled sending of heartbeat was delayed"));
        System.EventStream.Publish(new Warning("/system/cluster", typeof(Akka.Cluster.Cluster), "Something else"));

        await Soon.IsTrueAsync(() => _log.Lines.Any(line => line.Text == "Something else"), "the last line");
        _log.Lines.Single(line => line.Text == "Something else").Level.ShouldBe(LogLevel.Warning);
        _log.Lines.Single(line => line.Text.StartsWith("Scheduled", StringComparison.Ordinal)).Level.ShouldBe(LogLevel.Debug);
    }

    private sealed class Talker : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        protected override void OnReceive(object message)
        {
            if (message is Exception failure)
            {
                throw failure;
            }

            _log.Warning("Heard {0} for {1} time", message, 1);
        }
    }
}

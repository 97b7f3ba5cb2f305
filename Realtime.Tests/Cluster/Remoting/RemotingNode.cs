using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Microsoft.Extensions.Logging;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Remoting;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>An actor system with the remoting and the serializers of a node, and an actor that keeps what it gets and answers it.</summary>
internal sealed class RemotingNode : IAsyncDisposable
{
    private const string Loggers = TestHocon.Quiet + """
        akka.loglevel = INFO
        akka.loggers = ["Realtime.Node.Cluster.ActorLogger, Realtime.Node"]
        """;

    private RemotingNode(ActorSystem system, CollectedLog log)
    {
        System = system;
        Log = log;
        Inbox = system.ActorOf(Props.Create(() => new InboxActor(Received)), "inbox");
    }

    public ActorSystem System { get; }

    public CollectedLog Log { get; }

    public IActorRef Inbox { get; }

    public Received Received { get; } = new();

    public Address Address => Akka.Cluster.Cluster.Get(System).SelfAddress;

    /// <summary>From warnings on.</summary>
    public IEnumerable<string> Warnings => Log.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text);

    public static RemotingNode Start(TransportTls? tls = null, string settings = "")
    {
        var log = new CollectedLog();
        var setup = BootstrapSetup.Create().WithConfig(
            ConfigurationFactory.ParseString(settings)
                .WithFallback(ConfigurationFactory.ParseString(Loggers))
                .WithFallback(ClusterConfiguration.Of(ActorSystemSettings.Alone))
                .WithFallback(ConfigurationFactory.ParseString(SerializationConfig.Hocon)));
        var all = ActorSystemSetup.Create(setup, new ActorLoggerSetup(log));
        return new RemotingNode(ActorSystem.Create("realtime", tls is null ? all : all.And(tls)), log);
    }

    /// <summary>The inbox of another node, as this one reaches it.</summary>
    public ActorSelection InboxOf(RemotingNode other) => System.ActorSelection(new RootActorPath(other.Address) / "user" / "inbox");

    public byte[] Serialized(object message) => System.Serialization.Serialize(message);

    public async ValueTask DisposeAsync() => await System.Terminate();

    private sealed class InboxActor(Received received) : UntypedActor
    {
        protected override void OnReceive(object message) => received.Add(message);
    }
}

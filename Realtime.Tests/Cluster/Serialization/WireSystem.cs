using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.DistributedData;
using Realtime.Messages.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Serialization;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>An actor system with the serializers of a node.</summary>
public sealed class WireSystem : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("wire", Own);

    public Akka.Serialization.Serialization Serialization => _system.Serialization;

    /// <summary>With everything that Akka's parts add.</summary>
    public Config Settings => _system.Settings.Config;

    internal WireSerializer Serializer => (WireSerializer)Serialization.FindSerializerForType(typeof(ChannelRequest));

    public int SizeOf(object message) => Serializer.ToBinary(message).Length;

    private static Config Own => ConfigurationFactory.ParseString(TestHocon.Quiet)
        .WithFallback(ClusterConfiguration.Of(ActorSystemSettings.Alone))
        .WithFallback(ConfigurationFactory.ParseString(SerializationConfig.Hocon));

    /// <summary>The parts of Akka that a node has bring serializers of their own.</summary>
    public ValueTask InitializeAsync()
    {
        ClusterSharding.Get(_system);
        DistributedData.Get(_system);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();
}

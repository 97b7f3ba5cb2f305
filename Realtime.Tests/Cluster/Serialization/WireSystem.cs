using Akka.Actor;
using Akka.Configuration;
using Realtime.Messages.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Serialization;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>An actor system with the serializers of a node.</summary>
public sealed class WireSystem : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("wire", Settings);

    public Akka.Serialization.Serialization Serialization => _system.Serialization;

    internal WireSerializer Serializer => (WireSerializer)Serialization.FindSerializerForType(typeof(ChannelRequest));

    public int SizeOf(object message) => Serializer.ToBinary(message).Length;

    private static Config Settings => ConfigurationFactory.ParseString(TestHocon.Quiet)
        .WithFallback(ClusterConfiguration.Of(ActorSystemSettings.Alone))
        .WithFallback(ConfigurationFactory.ParseString(SerializationConfig.Hocon));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.Terminate();
}

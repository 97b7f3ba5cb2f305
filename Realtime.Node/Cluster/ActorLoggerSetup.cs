using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;

namespace Realtime.Node.Cluster;

/// <summary>Where an <see cref="ActorLogger"/> writes to.</summary>
internal sealed class ActorLoggerSetup(ILoggerFactory factory) : Setup
{
    public ILoggerFactory Factory => factory;
}

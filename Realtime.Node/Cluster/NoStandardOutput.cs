using Akka.Event;

namespace Realtime.Node.Cluster;

/// <summary>
/// Takes the place of Akka's writer to standard output, which writes the last lines of a shutdown whatever its level is: between lines that
/// machines read.
/// </summary>
internal sealed class NoStandardOutput : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}

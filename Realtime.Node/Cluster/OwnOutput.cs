using Akka.Event;

namespace Realtime.Node.Cluster;

/// <summary>
/// What Akka says while no logger is attached: at the very start and the very end of an actor system. The program's output is its log, line by
/// line, so errors go to standard error and the rest nowhere. (A level of <c>OFF</c> for Akka's own class lets all through.)
/// </summary>
public sealed class OwnOutput : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is Error error)
        {
            Console.Error.WriteLine(error);
        }
    }
}

using Akka.Event;
using Akka.Remote;

namespace Realtime.Node.Cluster;

/// <summary>
/// What Akka says while no logger is attached: at the very start and the very end of an actor system. The program's output is its log, line by
/// line, so errors go to standard error and the rest nowhere. (A level of <c>OFF</c> for Akka's own class lets all through.) That a message could not be sent any more to another node is what
/// an end looks like, and is not said.
/// </summary>
public sealed class OwnOutput : MinimalLogger
{
    internal static bool IsNews(Error error) => error.Cause is not RemoteTransportException;

    protected override void Log(object message)
    {
        if (message is Error error && IsNews(error))
        {
            Console.Error.WriteLine(error);
        }
    }
}

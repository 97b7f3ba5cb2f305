using Realtime.Messages.Errors;
using Realtime.Messages.Frames;

namespace Realtime.Node.Connections.Core;

/// <summary>The goodbye of a connection that is closed: why, and when to come back.</summary>
internal static class CloseReasons
{
    /// <param name="crashWindow">Milliseconds over which those who all lose their connection at once come back.</param>
    public static ServerFrame.Goodbye Of(CloseCode code, int crashWindow)
    {
        var entry = CloseRegistry.Of(code);
        ReconnectAdvice? advice = entry.Action switch
        {
            CloseAction.Reconnect => new ReconnectAdvice(0, crashWindow),
            CloseAction.Resume => new ReconnectAdvice(0, 0),
            _ => null,
        };
        return new ServerFrame.Goodbye(code, entry.Name, advice);
    }
}

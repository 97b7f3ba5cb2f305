using System.Diagnostics.CodeAnalysis;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;

namespace Realtime.Node.Connections.Core;

/// <summary>Requests that came before the welcome, in their order; as many as may be open after it.</summary>
internal sealed class DeferredRequests(ConnectionContext context)
{
    private Queue<ClientFrame>? _requests;

    public void Add(ClientFrame request)
    {
        if (_requests?.Count >= context.Setup.Policy.OpenRequests)
        {
            context.Refuse(request.Id, ErrorCode.TooMany, "wait for the welcome", 100);
            return;
        }

        (_requests ??= new Queue<ClientFrame>()).Enqueue(request);
    }

    public bool TryTake([NotNullWhen(true)] out ClientFrame? request)
    {
        request = null;
        return _requests?.TryDequeue(out request) is true;
    }
}

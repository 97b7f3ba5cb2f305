using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Node.Operations.Listener;

/// <summary>
/// Marks the connections that come in at the operators' port. By the listener and not by the port's number: the system may choose that, and what stands before
/// the program may name any in the request.
/// </summary>
public sealed class OperatorListener
{
    public void Mark(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(this);
        return next(connection);
    });

    public static bool Took(HttpContext context) => context.Features.Get<OperatorListener>() is not null;
}

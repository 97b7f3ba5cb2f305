namespace Realtime.Node.Application.Handlers;

/// <summary>A handler in the one form in which it is run.</summary>
/// <param name="Name">For logs.</param>
/// <param name="Invoke">Returns what the handler returns.</param>
/// <param name="Read">Waits for it, if there is something to wait for.</param>
/// <param name="UsesServices">It needs a scope of its own.</param>
internal sealed record BoundHandler(string Name, Func<HandlerInput, object?> Invoke, Func<object?, ValueTask<object?>> Read, bool UsesServices);

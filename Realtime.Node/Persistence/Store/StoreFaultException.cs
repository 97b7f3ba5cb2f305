namespace Realtime.Node.Persistence.Store;

/// <summary>The store cannot be opened. The message says what to do, for whoever starts the node.</summary>
public sealed class StoreFaultException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFault Fault { get; } = fault;
}

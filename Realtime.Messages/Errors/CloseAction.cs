namespace Realtime.Messages.Errors;

/// <summary>What a client does after a close.</summary>
public enum CloseAction
{
    Reconnect = 1,
    Resume = 2,
    Final = 3,
}

namespace Realtime.Node.Webhooks;

/// <summary>What counts when an endpoint gives no answer.</summary>
public enum OnFailure
{
    Refuse,
    Allow,
}

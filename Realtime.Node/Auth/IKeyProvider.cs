namespace Realtime.Node.Auth;

/// <summary>Keys that somebody else publishes. What is asked here never waits.</summary>
public interface IKeyProvider
{
    /// <summary>As they were last fetched.</summary>
    ProviderKeys Keys { get; }

    /// <summary>Fetches them again, unless that was done a short while ago.</summary>
    /// <returns>Whether they are being fetched now.</returns>
    bool Ask();
}

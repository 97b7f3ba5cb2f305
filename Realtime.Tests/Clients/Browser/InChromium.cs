using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.Browser;

/// <summary>One browser and one server for all tests that look at pages; they take turns.</summary>
[CollectionDefinition(Name)]
public sealed class InChromium : ICollectionFixture<Chromium>, ICollectionFixture<ScenarioServer>
{
    public const string Name = "in Chromium";
}

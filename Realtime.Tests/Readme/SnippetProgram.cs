using System.Runtime.InteropServices;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Readme;

/// <summary>
/// A project outside of the repository, as a reader has one, with a snippet as its <c>Program.cs</c>. It refers to what was built instead of to the project, so that two builds do
/// not write to the same files; no package is fetched, so what packages bring beside
/// their first assembly is copied by name.
/// </summary>
internal sealed class SnippetProgram(string code, string sdk, string library) : IDisposable
{
    /// <summary>As the launch settings of a new project have it.</summary>
    private static readonly Dictionary<string, string> Development = new() { ["DOTNET_ENVIRONMENT"] = "Development" };

    private readonly TemporaryDirectory _directory = new();

    /// <summary>Compiles it; a warning is a fault. What the compiler says is the exception's.</summary>
    public async Task BuildAsync()
    {
        await WriteAsync("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        await WriteAsync("Program.cs", code);
        await WriteAsync("snippet.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{library}" HintPath="{Path.Combine(AppContext.BaseDirectory, library + ".dll")}" />
                <Reference Include="{AppContext.BaseDirectory}SQLitePCLRaw*.dll" />
                <None Include="{AppContext.BaseDirectory}runtimes/{RuntimeInformation.RuntimeIdentifier}/native/*e_sqlite3*" CopyToOutputDirectory="Always" />
              </ItemGroup>
            </Project>
            """);
        await using var build = TypedCommand.Start("dotnet", ["build", "-o", "out", "-warnaserror", "-v", "q", "-nologo"], _directory.Path, new Dictionary<string, string>());
        (await build.ExitAsync()).ShouldBe(0, build.Output);
    }

    public Task WriteAsync(string file, string text) => File.WriteAllTextAsync(_directory.File(file), text, TestContext.Current.CancellationToken);

    public TypedCommand Start(string awaited, params string[] arguments) =>
        TypedCommand.Start("dotnet", [Path.Combine("out", "snippet.dll"), .. arguments], _directory.Path, Development, awaited);

    public void Dispose() => _directory.Dispose();
}
